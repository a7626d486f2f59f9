import { expect, test } from 'vitest';
import { lintSql } from './lint.ts';

const terms = { transactional: true, postgresMajor: 16 };

test('squawk tells what hurts, with its line, and no matter of taste', async () => {
  const sql = '-- a comment\ncreate index by_x on users (x);\nalter table users add column c integer;\n';
  expect(await lintSql(sql, terms)).toEqual([
    { rule: 'require-concurrent-index-creation', line: 2, message: expect.stringContaining('blocked') },
  ]);
});

test('a file without fault has no findings', async () => {
  expect(await lintSql('create table t (id bigint);', terms)).toEqual([]);
});

test('what squawk cannot read is a finding, never a crash', async () => {
  expect((await lintSql('create tabel t (id bigint;', terms)).length).toBeGreaterThan(0);
});

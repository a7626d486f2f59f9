import { expect, test } from 'vitest';
import { concurrentIndexOf, isConcurrent } from './leftovers.ts';
import type { MigrationDefinition } from './types.ts';

function migration(sql: string): MigrationDefinition {
  return {
    database: 'jobs',
    version: 1,
    name: 'index',
    checksum: '',
    transactional: false,
    oldestCompatible: 0,
    sql,
    path: '0001_index.sql',
  };
}

test.each([
  ['create index concurrently a_by_id on a (id)', { index: 'a_by_id', table: '"a"' }],
  [
    'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS A_By_Id ON ONLY Public.A (id)',
    { index: 'a_by_id', table: '"public"."a"' },
  ],
  [
    '-- x\ncreate index concurrently "By ""Id" on "My Table" using btree (id)',
    { index: 'By "Id', table: '"My Table"' },
  ],
  ['create index concurrently on a (id)', undefined],
  ['create index a_by_id on a (id)', undefined],
  ['vacuum a', undefined],
])('%j builds the index %j', (sql, expected) => {
  expect(concurrentIndexOf(migration(sql))).toEqual(expected);
});

test('every statement that says CONCURRENTLY counts as one', () => {
  expect(isConcurrent(migration('reindex table concurrently a'))).toBe(true);
  expect(isConcurrent(migration('vacuum a'))).toBe(false);
});

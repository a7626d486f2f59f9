import { expect, test } from 'vitest';
import { querySpan, withoutValues } from './query-span.ts';

test.each([
  ['select 1 from users where name = $1', 'select 1 from users where name = $1'],
  ["alter role a password 'hush''hush' valid until 'x'", 'alter role a password ? valid until ?'],
  ['do $body$ select 1 $body$; select $$hush$$', 'do ?; select ?'],
  ['select 1,\n   2', 'select 1, 2'],
])('a trace shows %j as %j', (text, shown) => {
  expect(withoutValues(text)).toBe(shown);
});

test('a span is named by what is done in which database', () => {
  const { name, attributes } = querySpan({ name: 'jobs', label: 'u@h/jobs' }, '  UPDATE leases set x = $1');
  expect(name).toBe('update jobs');
  expect(attributes).toMatchObject({ 'db.namespace': 'jobs', 'db.query.text': 'UPDATE leases set x = $1' });
  expect(JSON.stringify(attributes)).not.toContain('u@h');
});

import { expect, test } from 'vitest';
import { parsePostgresUrl } from './postgres-url.ts';

test.each([
  'postgres://u:p@h:5432/config',
  'postgresql://h/config',
  'postgres://u@localhost:5432/config?host=/run/pg',
  'postgres://u:p@/config?host=/run/pg',
  'postgres:///config?host=/run/pg',
  'postgres://u:p%40%2Fw@h/config',
  'postgres://u@[::1]:5432/config?sslmode=disable',
  'postgres://u@%2Frun%2Fpg/config',
])('%s can be used', (text) => {
  expect(parsePostgresUrl(text)).toHaveProperty('url');
});

test.each([
  ['mysql://u@h/d', 'must start with postgres://'],
  ['postgres://u@h', 'must name a database'],
  ['postgres://u@h/', 'must name a database'],
  ['postgres://u:hunter2@Secret99@h/config', 'cannot be read without guessing'],
  ['postgres://u:p/w@h/config', 'cannot be read without guessing'],
  ['postgres://u:se#cret@h/config', 'cannot be read without guessing'],
  ['postgres://u:se?cret@h/config', 'cannot be read without guessing'],
  ['postgres://u:se%zzcret@h/config', 'is not a URL that can be read'],
  ['postgres://u@h:99999/config', 'is not a URL that can be read'],
  ['postgres://u@h1:1,h2:2/config', 'names several hosts'],
  ['postgres://u:pw@/x y', 'must not contain blanks'],
])('%s is refused with its reason, and nothing of a password', (text, reason) => {
  const outcome = parsePostgresUrl(text);
  expect(outcome).toEqual({ problem: expect.stringContaining(reason) });
  expect(JSON.stringify(outcome)).not.toMatch(/hunter2|Secret99|cret/);
});

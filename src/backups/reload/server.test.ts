import { expect, test } from 'vitest';
import { Secret } from '../../base/index.ts';
import { databaseOf, quoteName, quoteText, roleOf, urlOfDatabase } from './server.ts';

test.each([
  [
    'postgres://postgres:pw@localhost:5432/postgres',
    'postgres',
    'postgres',
    'postgres://postgres:pw@localhost:5432/x%20y',
  ],
  [
    'postgresql://o%40a:p%2Fw@db/config?sslmode=require',
    'o@a',
    'config',
    'postgresql://o%40a:p%2Fw@db/x%20y?sslmode=require',
  ],
  ['postgres://app:pw@/jobs?host=/run/jobs', 'app', 'jobs', 'postgres://app:pw@/x%20y?host=/run/jobs'],
  [
    'postgres://app:pw@h1:5432,[::1]:5433/jobs?target_session_attrs=primary',
    'app',
    'jobs',
    'postgres://app:pw@h1:5432,[::1]:5433/x%20y?target_session_attrs=primary',
  ],
  ['postgres://app@/my%2Fdb', 'app', 'my/db', 'postgres://app@/x%20y'],
  ['postgres://db/config?user=me', 'me', 'config', 'postgres://db/x%20y?user=me'],
  ['postgres://db:5432/config', '', 'config', 'postgres://db:5432/x%20y'],
])('of %s the role, the database and another database are told apart', (text, role, database, other) => {
  const url = new Secret(text);
  expect(roleOf(url)).toBe(role);
  expect(databaseOf(url)).toBe(database);
  expect(urlOfDatabase(url, 'x y').reveal()).toBe(other);
});

test('names and texts are quoted whatever is in them', () => {
  expect(quoteName('a"b; drop')).toBe('"a""b; drop"');
  expect(quoteText("it's")).toBe("'it''s'");
  expect(quoteText(String.raw`a\b`)).toBe(String.raw`E'a\\b'`);
});

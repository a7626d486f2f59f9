import { expect, test } from 'vitest';
import { Secret } from '../../base/index.ts';
import { socketUrl } from './socket-url.ts';

test('a URL that every parser can read names role, password, database and socket folder', () => {
  const url = socketUrl({
    role: 'plimsoll_app',
    password: new Secret('p@:/?#%'),
    database: 'config',
    socketDir: '/a b,c/run',
  });
  expect(url.reveal()).toBe('postgres://plimsoll_app:p%40%3A%2F%3F%23%25@localhost:5432/config?host=/a%20b%2Cc/run');
  const parsed = new URL(url.reveal());
  expect(decodeURIComponent(parsed.password)).toBe('p@:/?#%');
  expect(parsed.searchParams.get('host')).toBe('/a b,c/run');
});

import { expect, it } from 'vitest';
import { Secret } from '../base/index.ts';
import { checkPassword, hashPassword, isPassword } from './passwords.ts';

it.each([
  ['eleven characters', 'abcdefghijk', 'has 11 characters, expected at least 12'],
  ['the username in other letters', 'ADA.LOVELACE', 'is the username'],
  ['more than a thousand characters', 'x'.repeat(1001), 'has 1001 characters, expected at most 1000'],
])('refuses %s', (_, password, problem) => {
  expect(() => checkPassword(new Secret(password), 'ada.lovelace')).toThrow(problem);
});

it.each([
  ['twelve characters of any kind', 'aaaaaaaaaaaa'],
  ['twelve characters that are four bytes each', '🦆'.repeat(12)],
  ['spaces', 'correct horse battery staple'],
])('takes %s', (_, password) => {
  expect(() => checkPassword(new Secret(password), 'ada.lovelace')).not.toThrow();
});

it('stores argon2id at the strength that is asked for, salted anew each time', async () => {
  const password = new Secret('correct horse battery staple');
  const [first, second] = await Promise.all([hashPassword(password), hashPassword(password)]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(second).not.toBe(first);
  expect(await isPassword(password, first)).toBe(true);
  expect(await isPassword(new Secret('correct horse battery stapl'), first)).toBe(false);
});

it('knows a password again that another keyboard spells with other code points', async () => {
  const stored = await hashPassword(new Secret('Cafe\u0301 au lait, bien chaud'));
  expect(await isPassword(new Secret('Caf\u00E9 au lait, bien chaud'), stored)).toBe(true);
});

it('takes a stored text that is no hash for no password', async () => {
  expect(await isPassword(new Secret('anything at all'), 'not a hash')).toBe(false);
});

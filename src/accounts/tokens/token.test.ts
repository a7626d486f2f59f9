import { expect, it } from 'vitest';
import { createTokenText, hashToken, isTokenText } from './token.ts';

it('makes tokens that differ, begin with plm_ and are known by their form', () => {
  const [first, second] = [createTokenText().reveal(), createTokenText().reveal()];
  expect(first).toMatch(/^plm_[\w-]{43}$/);
  expect(second).not.toBe(first);
  expect(isTokenText(first)).toBe(true);
  expect(hashToken(first)).toHaveLength(32);
  expect(hashToken(first)).not.toEqual(hashToken(second));
});

it.each([
  '',
  'plm_',
  `plm_${'x'.repeat(42)}`,
  `plm_${'x'.repeat(44)}`,
  `PLM_${'x'.repeat(43)}`,
  `plm_${'!'.repeat(43)}`,
])('does not take %j for a token', (text) => {
  expect(isTokenText(text)).toBe(false);
});

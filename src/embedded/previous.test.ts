import { expect, test } from 'vitest';
import { describePrevious } from './previous.ts';

test('a stack that stopped as it should is not spoken of', () => {
  expect(describePrevious(false, 'nothing')).toBeUndefined();
});

test.each([
  [true, 'nothing', 'nothing had to be mended'],
  [true, 'crashed', 'have recovered'],
  [false, 'crashed', 'have recovered'],
  [true, 'orphan_stopped', 'stopped cleanly and started again'],
] as const)('lock taken over %j, databases %s: says "%s"', (takenOver, leftover, words) => {
  expect(describePrevious(takenOver, leftover)).toMatch(/^the previous stack did not stop cleanly: /);
  expect(describePrevious(takenOver, leftover)).toContain(words);
});

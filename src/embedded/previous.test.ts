import { expect, test } from 'vitest';
import { describePrevious } from './previous.ts';

test.each([true, false])('a stack that stopped as it should is not spoken of (it had a cluster: %j)', (hadCluster) => {
  expect(describePrevious({ lockTakenOver: false, hadCluster, leftover: 'nothing' })).toBeUndefined();
});

test('a first start that was killed before it had a cluster is not said to have shut down its databases', () => {
  expect(describePrevious({ lockTakenOver: true, hadCluster: false, leftover: 'nothing' })).toBe(
    'the first start was interrupted; this one begins it anew',
  );
});

test.each([
  [true, 'nothing', 'were not running; nothing had to be mended'],
  [true, 'crashed', 'have recovered'],
  [false, 'crashed', 'have recovered'],
  [true, 'orphan_stopped', 'stopped cleanly and started again'],
] as const)('lock taken over %j, databases %s: says "%s"', (lockTakenOver, leftover, words) => {
  const line = describePrevious({ lockTakenOver, hadCluster: true, leftover });
  expect(line).toMatch(/^the previous stack did not stop cleanly: /);
  expect(line).toContain(words);
});

import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

function waits(random: number, count: number): number[] {
  const backoff = new Backoff({ random: () => random });
  return Array.from({ length: count }, () => backoff.next());
}

test('each wait is drawn from the whole of a window that doubles up to a minute', () => {
  expect(waits(0, 3)).toEqual([0, 0, 0]);
  expect(waits(1, 8)).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('a success starts it anew', () => {
  const backoff = new Backoff({ random: () => 1 });
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.next()).toBe(2000);
});

test.each([
  [0, 30_000, 30_000],
  [1, 30_000, 45_000],
  [1, 0, 2000],
  [0, 86_400_000, 600_000],
])('with chance %d a Retry-After of %i ms is a wait of %i ms', (random, retryAfterMs, expected) => {
  expect(new Backoff({ random: () => random }).next(retryAfterMs)).toBe(expected);
});

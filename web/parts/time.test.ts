import { expect, test } from 'vitest';
import { duration, relativeTime } from './time.ts';

const now = Date.parse('2026-11-22T17:30:00Z');

test.each([
  [0, 'just now'],
  [4, 'just now'],
  [59, '59 s ago'],
  [60, '1 min ago'],
  [3599, '59 min ago'],
  [3600, '1 h ago'],
  [47 * 3600, '47 h ago'],
  [48 * 3600, '2 days ago'],
  [-90, 'in 1 min'],
])('%i seconds ago reads "%s"', (seconds, words) => {
  expect(relativeTime(now - seconds * 1000, now)).toBe(words);
});

test.each([
  [12, '12 ms'],
  [1840, '1.8 s'],
  [125_000, '2 min 5 s'],
])('%i milliseconds read "%s"', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

import { expect, test } from 'vitest';
import { duration, relativeTime, zonedTime } from './time.ts';

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

test.each([
  ['Europe/Berlin', 'Mon, 23 Nov 2026, 03:30 CET'],
  ['UTC', 'Mon, 23 Nov 2026, 02:30 UTC'],
  ['America/New_York', 'Sun, 22 Nov 2026, 21:30 GMT-5'],
])('a moment is told by the clock of %s', (zone, words) => {
  expect(zonedTime('2026-11-23T02:30:00Z', zone)).toBe(words);
});

test('a zone that this browser does not know is told by its own clock', () => {
  expect(zonedTime('2026-11-23T02:30:00Z', 'Mars/Olympus')).toMatch(/2026/);
});

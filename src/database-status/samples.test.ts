import { expect, test } from 'vitest';
import { cacheOf, growthOf, keepSample, type Sample } from './samples.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-01T00:00:00.000Z');
const at = (hours: number): Date => new Date(start + hours * hour);
const counted = (bytes: number, hits = 0, reads = 0) => ({ bytes, hits, reads, countedSince: at(-100).toISOString() });

/** One sample an hour over so many hours, a thousand bytes and blocks more in each. */
function hourly(hours: number): readonly Sample[] {
  let samples: readonly Sample[] = [];
  for (let each = 0; each <= hours; each += 1)
    samples = keepSample(samples, counted(each * 1000, each * 900, each * 100), at(each));
  return samples;
}

test('one sample an hour is kept, for eight days', () => {
  const samples = hourly(24 * 20);
  expect(samples).toHaveLength(24 * 8 + 1);
  expect(keepSample(samples, counted(1), at(24 * 20 + 0.9))).toBe(samples);
});

test('growth is told over a week, with the rate of a day', () => {
  const now = at(24 * 20);
  expect(growthOf(hourly(24 * 20), counted(24 * 20 * 1000), now)).toEqual({
    since: at(24 * 13).toISOString(),
    bytes: 24 * 7 * 1000,
    perDayBytes: 24_000,
  });
});

test('no growth is told of less than an hour, and a database may shrink', () => {
  expect(growthOf(hourly(0), counted(1), at(0.9))).toBeNull();
  expect(growthOf([], counted(1), at(1))).toBeNull();
  expect(growthOf(hourly(2), counted(0), at(2))).toMatchObject({ bytes: 0 });
  expect(growthOf([{ at: at(0).toISOString(), ...counted(500) }], counted(100), at(24))).toMatchObject({ bytes: -400 });
});

test('blocks found in memory are counted over the last hour or two', () => {
  const cache = cacheOf(hourly(50), counted(0, 50 * 900 + 1000, 50 * 100), at(50.5));
  expect(cache).toEqual({ hitRatio: 1900 / 2000, blocks: 2000, since: at(49).toISOString() });
});

test('counters that have begun anew, and a manager that has just started, tell of all the time since', () => {
  const anew = { ...counted(0, 30, 10), countedSince: at(49.9).toISOString() };
  expect(cacheOf(hourly(50), anew, at(50))).toEqual({ hitRatio: 0.75, blocks: 40, since: at(49.9).toISOString() });
  expect(cacheOf([], counted(0, 9, 1), at(0))).toEqual({ hitRatio: 0.9, blocks: 10, since: at(-100).toISOString() });
  expect(cacheOf([], counted(0, 0, 0), at(0)).hitRatio).toBeNull();
});

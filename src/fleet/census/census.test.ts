import { expect, test } from 'vitest';
import { summariseCensus } from './census.ts';

const groups = [
  { binaryVersion: '9.0.0', protocolVersion: 9, count: 1, online: 0 },
  { binaryVersion: '1.1.0', protocolVersion: 2, count: 5, online: 4 },
  { binaryVersion: '1.0.0', protocolVersion: 1, count: 3, online: 1 },
];

test('a census is judged by a window: who is inside, who outside, who sleeps outside', () => {
  expect(summariseCensus(groups, { min: 1, max: 2 })).toMatchObject({
    total: 9,
    inWindow: 8,
    outsideWindow: 1,
    outsideAsleep: 1,
  });
});

test('the same census by the window of a release to come', () => {
  const next = summariseCensus(groups, { min: 2, max: 3 });
  expect(next).toMatchObject({ total: 9, inWindow: 5, outsideWindow: 4, outsideAsleep: 3 });
  expect(next.groups.map(({ inWindow }) => inWindow)).toEqual([false, true, false]);
});

test('an empty fleet is a census too', () => {
  expect(summariseCensus([], { min: 1, max: 2 })).toEqual({
    total: 0,
    inWindow: 0,
    outsideWindow: 0,
    outsideAsleep: 0,
    groups: [],
  });
});

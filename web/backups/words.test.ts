import { expect, test } from 'vitest';
import { takingRun } from '../fixtures/backup-status.ts';
import { copiedWords, copyWords, latestOf, lengthWords, percentOf, retentionWords } from './words.ts';

test('retention is told in words, without the rules that keep nothing', () => {
  expect(retentionWords({ last: 7, daily: 1, weekly: 4, monthly: 0 })).toBe(
    'the last 7, one a day for 1 day, one a week for 4 weeks',
  );
  expect(retentionWords({ last: 1, daily: 0, weekly: 0, monthly: 0 })).toBe('the last 1');
});

test.each([
  ['whole', 'completed', 'there, not read back'],
  ['whole', 'verified', 'verified'],
  ['whole', 'damaged', 'damaged'],
  ['whole', null, 'there'],
  ['missing', null, 'missing'],
  ['unknown', null, 'not known'],
] as const)('a copy that is %s and %s is told as “%s”', (state, standing, words) => {
  expect(copyWords({ target: 's3', state, standing, checkedAt: null })).toBe(words);
});

test('how many bundles a target has is told plainly, with those that are damaged there', () => {
  const copies = { wanted: 7, there: 5, missing: ['b', 'a'], missingSince: '2026-11-22T02:10:00.000Z' };
  expect(copiedWords(copies)).toBe('5 of 7 bundles');
  expect(copiedWords({ ...copies, missing: ['b'] })).toBe('5 of 7 bundles, 1 damaged there');
  expect(copiedWords({ wanted: 1, there: 1, missing: [], missingSince: null })).toBe('1 of 1 bundle');
});

test.each([
  [26 * 3600, '26 hours'],
  [3600, '1 hour'],
  [7 * 86_400, '7 days'],
])('%i seconds are %s', (seconds, words) => {
  expect(lengthWords(seconds)).toBe(words);
});

test.each([
  [0, 0, null],
  [5, 0, null],
  [0, 10, 0],
  [999, 1000, 99],
  [1200, 1000, 100],
])('%i of %i bytes are %s percent', (done, estimated, percent) => {
  expect(percentOf(done, estimated)).toBe(percent);
});

test('of two words on one run the further one counts, and of two runs the one that the status names', () => {
  const further = { ...takingRun, doneBytes: takingRun.doneBytes + 1 };
  expect(latestOf(takingRun, further)).toBe(further);
  expect(latestOf(further, takingRun)).toBe(further);
  expect(latestOf({ ...takingRun, id: 'next' }, further)?.id).toBe('next');
  expect(latestOf(null, takingRun)).toBe(takingRun);
  expect(latestOf(null, null)).toBeNull();
});

import { expect, test } from 'vitest';
import { LockTimes } from './lock-times.ts';

const one = { table: '16400', mode: 'AccessExclusiveLock' };
const other = { table: '16401', mode: 'ShareLock' };

test('a lock that was seen counts from the last look that did not show it, to the end', () => {
  const times = new LockTimes(0);
  times.see([], 1000, 1010);
  times.see([one], 2000, 2010);
  times.see([one], 3000, 3010);
  expect(times.end([one], 4000)).toEqual([{ ...one, heldSeconds: 3 }]);
});

test('a lock that no look has shown, and that the transaction tells of, counts from the last look', () => {
  const times = new LockTimes(0);
  times.see([], 1000, 1010);
  expect(times.end([other], 1500)).toEqual([{ ...other, heldSeconds: 0.5 }]);
});

test('a lock is let go when a look does not show it any more, and may be taken again', () => {
  const times = new LockTimes(0);
  times.see([one], 1000, 1010);
  times.see([], 2000, 2010);
  times.see([one], 3000, 3010);
  expect(times.end([], 4000)).toEqual([{ ...one, heldSeconds: 4.01 }]);
});

test('without a lock there is nothing to tell', () => {
  const times = new LockTimes(0);
  times.see([], 1000, 1010);
  expect(times.end([], 2000)).toEqual([]);
});

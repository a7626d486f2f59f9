import { expect, test } from 'vitest';
import type { ReleasePosture } from '../../contract/index.ts';
import { postureOf } from './fixtures.ts';
import { follow, isComplete, isSettled, settleMs, unsettledMs, type Unsettled } from './settle.ts';

const well = postureOf();
const behind = postureOf({ databases: { jobs: { status: 'behind', required: 6 } } });
const at = (ms: number): Date => new Date(1_000_000 + ms);

function watch(steps: readonly (readonly [ms: number, posture: ReleasePosture])[]): Unsettled | undefined {
  return steps.reduce<Unsettled | undefined>(
    (before, [ms, posture]) => follow(well, before, posture, at(ms)),
    undefined,
  );
}

test('a change that holds is settled after its time, and is of the moment it was first seen', () => {
  const seen = watch([
    [0, behind],
    [1000, behind],
    [2000, { ...behind, generatedAt: at(0).toISOString() }],
  ]);
  expect(seen?.since).toEqual(at(0));
  expect(seen && isSettled(seen, at(settleMs - 1))).toBe(false);
  expect(seen && isSettled(seen, at(settleMs))).toBe(true);
});

test('what goes back to what is recorded was no change', () => {
  expect(
    watch([
      [0, behind],
      [1000, well],
    ]),
  ).toBeUndefined();
});

test('what never holds still is settled once it has moved for long', () => {
  const steps = Array.from({ length: unsettledMs / 1000 }, (_, second) => {
    const current = 6 + (second % 3);
    return [second * 1000, postureOf({ databases: { jobs: { current, required: current } } })] as const;
  });
  const seen = watch(steps);
  expect(seen && isSettled(seen, at(unsettledMs - 1000))).toBe(false);
  expect(seen && isSettled(seen, at(unsettledMs))).toBe(true);
});

test('a posture is complete once every part has been tried', () => {
  const error = { code: 'not_read_yet', message: 'not read yet' };
  expect(isComplete(well)).toBe(true);
  expect(isComplete({ ...well, lastBackup: { ...well.lastBackup, error } })).toBe(false);
  expect(isComplete({ ...well, lastBackup: { ...well.lastBackup, error: { ...error, code: 'other' } } })).toBe(true);
});

import { expect, test } from 'vitest';
import { listGaps } from './gaps.ts';

const at = (minutes: number): Date => new Date(Date.UTC(2026, 4, 3, 12) + minutes * 60_000);
const watch = (begun: number, seen: number, because: 'started' | 'restored' | 'overflowed' = 'started') => ({
  begunAt: at(begun),
  seenAt: at(seen),
  because,
});

test.each([
  ['nobody has ever watched', [], 30, []],
  ['one watch, up to now', [watch(0, 30)], 30, []],
  [
    'changes lost of seconds only',
    [watch(0, 10), watch(10.1, 30, 'overflowed')],
    30,
    [[10, 10.1, 'config_unreachable']],
  ],
  ['one watch after the other within a minute', [watch(0, 10), watch(10.5, 30)], 30, []],
  ['two that overlap, given in any order', [watch(5, 30), watch(0, 20)], 30, []],
  ['one within another', [watch(0, 30), watch(5, 6)], 30, []],
  ['a pause between two', [watch(0, 10), watch(12, 30)], 30, [[10, 12, 'no_manager']]],
  ['changes lost before the second', [watch(0, 10), watch(12, 30, 'overflowed')], 30, [[10, 12, 'config_unreachable']]],
  ['a restore before the second', [watch(0, 10), watch(12, 30, 'restored')], 30, [[10, 12, 'config_restored']]],
  ['nobody since', [watch(0, 10)], 30, [[10, 30, 'no_manager']]],
])('%s', (_, watches, until, gaps) => {
  expect(listGaps(watches, at(until)).map(({ from, to, cause }) => [new Date(from), new Date(to), cause])).toEqual(
    gaps.map(([from, to, cause]) => [at(Number(from)), at(Number(to)), cause]),
  );
});

test('a gap says from when to when, and why', () => {
  expect(listGaps([watch(0, 10), watch(12, 30)], at(30))[0]?.message).toBe(
    'nothing was recorded from 2026-05-03 12:10 UTC to 2026-05-03 12:12 UTC: no manager was running, or what it saw was lost with it',
  );
});

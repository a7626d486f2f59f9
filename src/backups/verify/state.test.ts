import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BundleState, Verification } from '../../contract/index.ts';
import { standingOf } from './state.ts';

type Line = `${'c' | 'r'}${'+' | '-' | '?'}`;

const results = { '+': 'passed', '-': 'failed', '?': 'could_not_check' } as const;

/** `c` a checksum reading, `r` a restore; `+` passed, `-` failed, `?` could not be checked. Oldest first, a minute apart. */
function ledger(lines: readonly Line[]): Verification[] {
  return lines.map((line, minute) => ({
    bundleId: '20261120T021000Z-00000001',
    target: 'local',
    at: new Date(Date.UTC(2026, 10, 20, 3, minute)).toISOString(),
    method: line.startsWith('c') ? 'checksums' : 'restore',
    result: results[line.slice(1) as keyof typeof results],
    by: 'ada',
    durationMs: 1,
    message: '',
  }));
}

test.for<[Line[], BundleState]>([
  [[], 'completed'],
  [['c?'], 'completed'],
  [['r?'], 'completed'],
  [['c+'], 'verified'],
  [['r+'], 'proven'],
  [['c-'], 'damaged'],
  [['r-'], 'damaged'],
  [['c+', 'r+'], 'proven'],
  [['r+', 'c+'], 'proven'],
  [['r+', 'c?'], 'proven'],
  [['c+', 'c-'], 'damaged'],
  [['r+', 'c-'], 'damaged'],
  [['r+', 'r-'], 'damaged'],
  [['c-', 'c?'], 'damaged'],
  [['c-', 'c+'], 'verified'],
  [['r+', 'c-', 'c+'], 'verified'],
  [['r+', 'c-', 'c+', 'r+'], 'proven'],
  [['r-', 'r+'], 'proven'],
])('a ledger of %j makes the bundle %s', ([lines, state]) => {
  expect(standingOf(ledger(lines)).state).toBe(state);
});

test('it tells when the bundle last passed, and when it was last proven', () => {
  expect(standingOf(ledger(['r+', 'c+', 'c?', 'c-']))).toEqual({
    state: 'damaged',
    verifiedAt: '2026-11-20T03:01:00.000Z',
    provenAt: '2026-11-20T03:00:00.000Z',
  });
  expect(standingOf([])).toEqual({ state: 'completed', verifiedAt: null, provenAt: null });
});

test('two lines of the same instant are judged by the worse one', () => {
  const [passed, failed] = ledger(['r+', 'c-']);
  if (passed === undefined || failed === undefined) throw new Error('two lines were made');
  const sameInstant = { ...failed, at: passed.at };
  expect(standingOf([passed, sameInstant]).state).toBe('damaged');
  expect(standingOf([sameInstant, passed]).state).toBe('damaged');
});

test('the order in which the lines are read does not matter', () => {
  const line = fc.constantFrom<Line>('c+', 'c-', 'c?', 'r+', 'r-', 'r?');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.nat(), (lines, turn) => {
      const ordered = ledger(lines);
      const at = ordered.length === 0 ? 0 : turn % ordered.length;
      const turned = [...ordered.slice(at), ...ordered.slice(0, at)].toReversed();
      expect(standingOf(turned)).toEqual(standingOf(ordered));
    }),
  );
});

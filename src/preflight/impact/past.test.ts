import { expect, test } from 'vitest';
import type { LedgerRow } from '../../migrator/index.ts';
import { paceOf, secondsAt, type ForeseenMigration } from './past.ts';

const noon = Date.parse('2026-11-22T12:00:00.000Z');

/** A migration that was applied at noon and took so many seconds. */
function applied(version: number, seconds: number, change: Partial<LedgerRow> = {}): LedgerRow {
  return {
    version,
    name: `step_${version}`,
    checksum: 'c'.repeat(64),
    startedAt: new Date(noon),
    finishedAt: new Date(noon + seconds * 1000),
    appliedBy: 'ada',
    appliedBySource: 'operator',
    appVersion: '1.0.0',
    imageSha: 'unknown',
    runId: 'run',
    oldestCompatible: version - 1,
    ...change,
  };
}

function foresaw(
  version: number,
  effects: ForeseenMigration['effects'],
  change: Partial<ForeseenMigration> = {},
): ForeseenMigration {
  const ranAt = new Date(noon - 60_000);
  return { database: 'jobs', version, name: `step_${version}`, ranAt, effects, ...change };
}

const rewrite = (megabytes: number) => ({ work: 'rewrite', workBytes: megabytes * 1e6 }) as const;
const build = (megabytes: number) => ({ work: 'build', workBytes: megabytes * 1e6 }) as const;
const light = [applied(1, 0.02), applied(2, 0.01), applied(3, 0.03)];

test('a deployment on which nothing was ever applied knows of no time at all', () => {
  expect(secondsAt(paceOf('jobs', [], []), [])).toBeNull();
});

test('what works on no data takes what the middle one of the past took', () => {
  expect(secondsAt(paceOf('jobs', light, []), [{ work: 'catalogue', workBytes: 0 }])).toBeCloseTo(0.02);
});

test('a small table counts as none, whatever is done with it', () => {
  expect(secondsAt(paceOf('jobs', light, []), [rewrite(0.5)])).toBeCloseTo(0.02);
});

test('a rewrite takes the bytes of its table at the rate of earlier rewrites, on top of what any migration takes', () => {
  const pace = paceOf('jobs', [...light, applied(4, 10.02)], [foresaw(4, [rewrite(400)])]);
  expect(secondsAt(pace, [rewrite(1200), build(0.1)])).toBeCloseTo(30.02);
});

test('a size that has grown counts, not the time it took when it was small', () => {
  const pace = paceOf(
    'jobs',
    [...light, applied(4, 1.02), applied(5, 3.02)],
    [4, 5].map((one) => foresaw(one, [build(one === 4 ? 20 : 60)])),
  );
  expect(secondsAt(pace, [build(200)])).toBeCloseTo(10.02);
});

test.each<[string, LedgerRow, ForeseenMigration]>([
  ['another database', applied(4, 10), foresaw(4, [rewrite(400)], { database: 'results' })],
  ['another migration of that number', applied(4, 10), foresaw(4, [rewrite(400)], { name: 'other' })],
  ['a time after it was applied', applied(4, 10), foresaw(4, [rewrite(400)], { ranAt: new Date(noon + 1) })],
  ['other work', applied(4, 10), foresaw(4, [build(400)])],
  ['several kinds of work, which no one can tell apart', applied(4, 10), foresaw(4, [rewrite(400), build(400)])],
  ['a migration that never finished', applied(4, 10, { finishedAt: null }), foresaw(4, [rewrite(400)])],
])('what was foreseen of %s says nothing of a rewrite', (_, row, foreseen) => {
  expect(secondsAt(paceOf('jobs', [...light, row], [foreseen]), [rewrite(100)])).toBeNull();
});

test('what was foreseen last before it was applied counts', () => {
  const before = foresaw(4, [rewrite(1)], { ranAt: new Date(noon - 86_400_000) });
  const pace = paceOf('jobs', [...light, applied(4, 10.02)], [before, foresaw(4, [rewrite(100)])]);
  expect(secondsAt(pace, [rewrite(100)])).toBeCloseTo(10.02);
});

test('rows of which nobody knows the number are never told a time', () => {
  const pace = paceOf('jobs', [...light, applied(4, 10)], [foresaw(4, [{ work: 'rows', workBytes: 4e8 }])]);
  expect(secondsAt(pace, [{ work: 'rows', workBytes: 4e8 }])).toBeNull();
});

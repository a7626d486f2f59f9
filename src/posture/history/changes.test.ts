import { describe, expect, test } from 'vitest';
import type { ReleasePosture, ScannerGroup } from '../../contract/index.ts';
import { backupFacts, bundle, preflight } from '../fixtures/facts.ts';
import { listChanges } from './changes.ts';
import { postureOf } from './fixtures.ts';

const well = postureOf();
const { app, lastBackup, scanners, preflightReading } = well;
const refused = { code: 'database_unreachable', message: 'connection refused' };

function fleet(...groups: [version: string, count: number, online: number][]): ReleasePosture['scanners'] {
  const made = groups.map(([binaryVersion, count, online]) => ({
    binaryVersion,
    protocolVersion: binaryVersion.startsWith('0.') ? 9 : 2,
    count,
    online,
    inWindow: !binaryVersion.startsWith('0.'),
  }));
  const sum = (of: ScannerGroup[]) => of.reduce((total, { count }) => total + count, 0);
  const inside = made.filter(({ inWindow }) => inWindow);
  const outside = made.filter(({ inWindow }) => !inWindow);
  return { ...scanners, total: sum(made), inWindow: sum(inside), outsideWindow: sum(outside), groups: made };
}

type Change = Parameters<typeof postureOf>[0];
const moved = { current: 6, required: 6 };
const byAda = {
  database: 'jobs',
  version: 6,
  name: 'add_column',
  appliedAt: '2026-11-22T17:00:00.000Z',
  appliedBy: 'ada',
  appliedBySource: 'operator',
  durationMs: 12,
  appVersion: '1.5.0',
  imageSha: 'unknown',
  runId: 'r',
} as const;

describe('what is a change', () => {
  test.each<[title: string, before: Change, after: Change, codes: string[]]>([
    ['another build', {}, { app: { ...app, version: '1.5.0' } }, ['build_changed']],
    ['another commit', {}, { app: { ...app, imageSha: 'abc123' } }, ['build_changed']],
    [
      'a schema that moved',
      {},
      { databases: { jobs: moved }, migrations: [byAda] },
      ['schema_moved', 'schema_required'],
    ],
    [
      'a database that is behind',
      {},
      { databases: { jobs: { status: 'behind', required: 6 } } },
      ['verdict_changed', 'gate_closed', 'schema_required'],
    ],
    [
      'a database that cannot be read',
      {},
      { databases: { jobs: { status: 'unknown', current: null, error: refused } } },
      ['verdict_changed', 'gate_closed', 'schema_unreadable'],
    ],
    [
      'a database that can be read again, at another version than the last known',
      {
        databases: {
          jobs: {
            status: 'unknown',
            current: null,
            lastKnown: { status: 'ok', current: 5, readAt: '2026-01-01T00:00:00.000Z' },
          },
        },
      },
      { databases: { jobs: moved } },
      ['verdict_changed', 'gate_opened', 'schema_readable', 'schema_moved', 'schema_required'],
    ],
    [
      'drift',
      {},
      { databases: { jobs: { problems: [{ code: 'drift', message: 'jobs differs', remedy: '' }] } } },
      ['verdict_changed', 'schema_drift'],
    ],
    [
      'drift that is gone',
      { databases: { jobs: { problems: [{ code: 'drift', message: 'jobs differs', remedy: '' }] } } },
      {},
      ['verdict_changed', 'schema_drift_gone'],
    ],
    ['a newer bundle', {}, { lastBackup: { ...lastBackup, bundle: { ...bundle, id: 'b2' } } }, ['bundle_newest']],
    [
      'a bundle that turns out damaged',
      {},
      { lastBackup: { ...lastBackup, bundle: { ...bundle, state: 'damaged', damage: 'a bit flipped' } } },
      ['verdict_changed', 'bundle_damaged'],
    ],
    [
      'no bundle any more',
      {},
      { lastBackup: { ...lastBackup, status: 'none', bundle: null } },
      ['verdict_changed', 'bundles_gone'],
    ],
    [
      'a backup service that does not answer',
      {},
      { lastBackup: { ...lastBackup, status: 'unavailable', bundle: null, error: refused } },
      ['verdict_changed', 'backup_unavailable'],
    ],
    [
      'a backup service that answers again, with the bundle known before',
      {
        lastBackup: {
          ...lastBackup,
          status: 'unavailable',
          bundle: null,
          lastKnown: { bundle, readAt: '2026-01-01T00:00:00.000Z' },
        },
      },
      {},
      ['verdict_changed', 'backup_available'],
    ],
    [
      'a take that failed',
      {},
      {
        lastBackup: {
          ...lastBackup,
          service: {
            ...backupFacts,
            lastTake: {
              state: 'failed',
              startedAt: '2026-11-22T17:00:00.000Z',
              finishedAt: '2026-11-22T17:01:00.000Z',
              error: { code: 'disk_full', message: 'no space' },
            },
          },
        },
      },
      ['verdict_changed', 'backup_failed'],
    ],
    [
      'a new kind of scanner',
      { scanners: fleet(['1.0.0', 3, 3]) },
      { scanners: fleet(['1.0.0', 2, 2], ['1.1.0', 1, 1]) },
      ['fleet_changed'],
    ],
    [
      'a scanner outside',
      { scanners: fleet(['1.0.0', 3, 3]) },
      { scanners: fleet(['1.0.0', 3, 3], ['0.1.0', 1, 1]) },
      ['verdict_changed', 'scanners_outside', 'fleet_changed'],
    ],
    [
      'one scanner of three gone',
      { scanners: fleet(['1.0.0', 3, 3]) },
      { scanners: fleet(['1.0.0', 2, 2]) },
      ['fleet_changed'],
    ],
    ['a window that moved', {}, { scanners: { ...scanners, window: { min: 2, max: 3 } } }, ['window_moved']],
    [
      'scanners that cannot be counted',
      {},
      { scanners: { ...scanners, status: 'unknown', error: refused } },
      ['verdict_changed', 'scanners_unreadable'],
    ],
    [
      'a preflight that was recorded',
      { preflight: null },
      { preflight: preflight(), preflightReading: { ...preflightReading, status: 'ok' } },
      ['preflight_recorded'],
    ],
    [
      'a preflight that no longer holds',
      { preflight: preflight() },
      { preflight: preflight({ stale: true, staleReasons: ['jobs moved 5 → 6 after this run'] }) },
      ['preflight_stale'],
    ],
    ['a rollback horizon that moved', {}, { horizon: { ...well.horizon, now: '1.4.0' } }, ['horizon_moved']],
    [
      'a preflight record that cannot be read',
      {},
      { preflightReading: { ...preflightReading, status: 'unknown', error: refused } },
      ['verdict_changed', 'preflight_unreadable'],
    ],
    [
      'jobs that no scanner can take',
      {},
      { scanners: { ...scanners, queuedJobs: { ...scanners.queuedJobs, total: 4, withoutScanner: 4 } } },
      ['verdict_changed', 'jobs_without_scanner'],
    ],
  ])('%s', (_, before, after, codes) => {
    expect(listChanges(postureOf(before), postureOf(after)).map(({ code }) => code)).toEqual(codes);
  });

  test.each<[title: string, before: Change, after: Change]>([
    ['the clock', {}, { generatedAt: '2027-01-01T00:00:00.000Z' }],
    [
      'the age of the bundle',
      {},
      { lastBackup: { ...lastBackup, ageSeconds: 7200, readAt: '2027-01-01T00:00:00.000Z' } },
    ],
    ['scanners that come online and go', { scanners: fleet(['1.0.0', 3, 3]) }, { scanners: fleet(['1.0.0', 3, 1]) }],
    [
      'a fleet of hundreds that grows by a few',
      { scanners: fleet(['1.0.0', 400, 400]) },
      { scanners: fleet(['1.0.0', 439, 439]) },
    ],
    ['how many jobs wait', {}, { scanners: { ...scanners, queuedJobs: { ...scanners.queuedJobs, total: 90 } } }],
    ['how many jobs have no scanner', strandedJobs(4), strandedJobs(5)],
    ['a restart of the manager', {}, { app: { ...app, startedAt: '2027-01-01T00:00:00.000Z' } }],
    ['a migrator at work that has changed nothing yet', {}, { databases: { jobs: { migrating: true } } }],
    ['what only informs', {}, { uncheckedDrift: [{ database: 'jobs', failure: null, message: 'not yet' }] }],
    ['a preflight that is read again', { preflight: preflight() }, { preflight: preflight({ checks: [] }) }],
  ])('%s is none', (_, before, after) => {
    expect(listChanges(postureOf(before), postureOf(after))).toEqual([]);
  });
});

function strandedJobs(withoutScanner: number): Change {
  return { scanners: { ...scanners, queuedJobs: { ...scanners.queuedJobs, total: withoutScanner, withoutScanner } } };
}

test('a change names who did it, where that is on record', () => {
  const migrated = listChanges(well, postureOf({ databases: { jobs: moved }, migrations: [byAda] }));
  expect(migrated[0]).toEqual({
    part: 'jobs',
    code: 'schema_moved',
    message: 'jobs moved from schema 5 to 6',
    who: 'ada',
  });
  const judged = listChanges(postureOf({ preflight: null }), postureOf({ preflight: preflight({ ranBy: 'grace' }) }));
  expect(judged.find(({ code }) => code === 'preflight_recorded')).toMatchObject({
    message: 'a preflight for 1.5.0 was recorded: pass',
    who: 'grace',
  });
});

test('a build that takes over is named with the one it took over from', () => {
  const sha = 'abcdef0123456789abcdef0123456789abcdef01';
  const [change] = listChanges(well, postureOf({ app: { ...app, version: '1.5.0', imageSha: sha } }));
  expect(change?.message).toBe('manager 1.5.0 (abcdef0) took over from 1.4.0 (unknown)');
});

test('a fleet that grows from one scanner to ten thousand is told in less than a hundred steps', () => {
  let recorded = postureOf({ scanners: fleet(['1.0.0', 1, 1]) });
  let steps = 0;
  for (let count = 2; count <= 10_000; count += 1) {
    const now = { ...recorded, scanners: fleet(['1.0.0', count, count]) };
    if (listChanges(recorded, now).length === 0) continue;
    recorded = now;
    steps += 1;
  }
  expect(steps).toBeLessThan(100);
});

test('the first posture of all begins the history', () => {
  expect(listChanges(null, well).map(({ code }) => code)).toEqual(['history_begun']);
});

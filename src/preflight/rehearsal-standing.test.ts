import { expect, test } from 'vitest';
import { describeRehearsal, measuredIn, standingOf, summaryOf } from './rehearsal-standing.ts';
import { pendingDigestOf, type RecordedRehearsal, type RehearsalResult } from './rehearsals.ts';

const now = new Date('2026-11-22T09:00:00.000Z');
const measured = { walBytes: 0, tempBytes: 0, diskBytes: 0, peakDiskBytes: 0, rowsWritten: 0, locks: [] };

function rehearsal(change: Partial<RecordedRehearsal> = {}, result: Partial<RehearsalResult> = {}): RecordedRehearsal {
  return {
    id: 'a',
    ranAt: new Date('2026-11-22T08:00:00.000Z'),
    ranBy: 'ada',
    targetVersion: '1.6.0',
    targetImageSha: 'unknown',
    pendingDigest: 'd',
    bundle: { id: 'b', createdAt: new Date('2026-11-22T02:10:00.000Z') },
    status: 'passed',
    result: {
      seconds: 41.2,
      restoreSeconds: 100,
      migrations: [
        { database: 'results', version: 7, name: 'widen', seconds: 2.34, ...measured },
        { database: 'jobs', version: 42, name: 'split_leases', seconds: 38.6, ...measured },
        { database: 'jobs', version: 43, name: 'add_note', seconds: 0.02, ...measured },
      ],
      problem: null,
      notes: [],
      serverMajors: { results: 18, jobs: 18 },
      ...result,
    },
    ...change,
  };
}

const kindOf = (ofThese: RecordedRehearsal | null, serverMajors = { config: 17, results: 18, jobs: 18 }) =>
  standingOf({ ofThese, newest: null, now, serverMajors });

test.each<[string, RecordedRehearsal, { config: number; results: number; jobs: number } | undefined]>([
  ['good', rehearsal(), undefined],
  ['noted', rehearsal({}, { notes: ['jobs: public.scans is gone'] }), undefined],
  ['failed', rehearsal({ status: 'failed' }, { seconds: null, problem: 'jobs: no' }), undefined],
  ['old', rehearsal({ bundle: { id: 'b', createdAt: new Date('2026-11-15T08:59:59.000Z') } }), undefined],
  ['good', rehearsal({ bundle: { id: 'b', createdAt: new Date('2026-11-15T09:00:01.000Z') } }), undefined],
  ['elsewhere', rehearsal(), { config: 18, results: 18, jobs: 17 }],
])('a rehearsal is %s', (kind, ofThese, majors) => {
  expect(kindOf(ofThese, majors)).toEqual({ kind, rehearsal: ofThese });
});

test('one of other migrations is none', () => {
  const newest = rehearsal();
  const standing = standingOf({ ofThese: null, newest, now, serverMajors: {} });
  expect(standing).toEqual({ kind: 'none', newest });
  expect(measuredIn(standing)).toBeNull();
  expect(summaryOf(standing)).toBeNull();
});

test('only what passed, on recent data and the same Postgres, is expected of the real run', () => {
  const all = [rehearsal(), rehearsal({}, { notes: ['x'] }), rehearsal({ status: 'failed' })].map((one) => kindOf(one));
  expect(all.map((standing) => measuredIn(standing) !== null)).toEqual([true, true, false]);
});

test('it is described with the time of its data, the number and the time of its migrations, and the longest', () => {
  expect(describeRehearsal(rehearsal())).toBe(
    'rehearsed on your own data of 2026-11-22 02:10Z: 3 migrations, 41 s, the longest jobs/0042_split_leases with 39 s',
  );
  const failed = rehearsal({ status: 'failed' }, { seconds: null, problem: 'jobs: check is_short is violated' });
  expect(describeRehearsal(failed)).toBe(
    'the rehearsal on your own data of 2026-11-22 02:10Z failed: jobs: check is_short is violated',
  );
});

test('the digest stands for exactly these migrations, in whatever order they are told', () => {
  const [a, b] = [
    { database: 'jobs' as const, version: 42, checksum: 'a' },
    { database: 'config' as const, version: 9, checksum: 'b' },
  ];
  expect(pendingDigestOf([a, b])).toBe(pendingDigestOf([b, a]));
  const all = [[a, b], [a], [{ ...a, checksum: 'c' }, b], [{ ...a, version: 43 }, b], []].map((one) =>
    pendingDigestOf(one),
  );
  expect(new Set(all).size).toBe(all.length);
});

import { expect, test } from 'vitest';
import { assessSchema } from './assess.ts';
import type { LedgerReading, LedgerRow, MigrationIdentity } from './types.ts';

const definitions = [1, 2, 3].map(definition);

function definition(version: number): MigrationIdentity {
  return {
    database: 'jobs',
    version,
    name: `step_${version}`,
    checksum: String(version).repeat(64),
  };
}

function row(version: number, changes: Partial<LedgerRow> = {}): LedgerRow {
  return {
    version,
    name: `step_${version}`,
    checksum: String(version).repeat(64),
    startedAt: new Date('2026-11-22T10:00:00Z'),
    finishedAt: new Date('2026-11-22T10:00:01Z'),
    appliedBy: 'ada',
    appliedBySource: 'operator',
    appVersion: '1.0.0',
    imageSha: 'abc',
    runId: '00000000-0000-4000-8000-000000000001',
    oldestCompatible: version - 1,
    ...changes,
  };
}

function assess(rows: readonly LedgerRow[], changes: Partial<LedgerReading & { required: number }> = {}) {
  const { required = 3, ...reading } = changes;
  const ledger = { exists: true, rows, lockHeld: false, readableByAll: true, serverVersionNum: 180_004, ...reading };
  return assessSchema({ database: 'jobs', required, definitions, ledger });
}

test('a database without a ledger is at version 0, hence behind, with everything pending', () => {
  expect(assess([], { exists: false })).toMatchObject({
    status: 'behind',
    current: 0,
    required: 3,
    pending: [1, 2, 3].map((version) => ({ version, name: `step_${version}` })),
    problems: [],
    aheadAllowed: null,
  });
});

test('equal is ok, lower is behind, higher is ahead', () => {
  expect(assess([row(1), row(2), row(3)])).toMatchObject({ status: 'ok', current: 3, pending: [] });
  expect(assess([row(1)])).toMatchObject({ status: 'behind', current: 1, pending: [{ version: 2 }, { version: 3 }] });
  expect(assess([row(1), row(2), row(3), row(4)])).toMatchObject({ status: 'ahead', current: 4, pending: [] });
});

test('applied is compared as a set: a hole below the newest applied version is pending', () => {
  expect(assess([row(1), row(3)])).toMatchObject({ status: 'behind', current: 3, pending: [{ version: 2 }] });
});

test('ahead is allowed exactly when everything applied declares itself safe for this image', () => {
  const upTo3 = [row(1), row(2), row(3)];
  expect(assess([...upTo3, row(4, { oldestCompatible: 3 })]).aheadAllowed).toBe(true);
  expect(assess([...upTo3, row(4, { oldestCompatible: 4 })]).aheadAllowed).toBe(false);
  expect(assess([...upTo3, row(4, { oldestCompatible: 4 }), row(5, { oldestCompatible: 3 })]).aheadAllowed).toBe(false);
});

test('an open row is dirty while no migrator holds the lock, and only migrating while one does', () => {
  const open = [row(1), row(2, { finishedAt: null })];
  expect(assess(open)).toMatchObject({
    status: 'behind',
    current: 1,
    migrating: false,
    problems: [{ code: 'dirty', remedy: 'docker compose --profile migrate run --rm migrator repair --database jobs' }],
  });
  expect(assess(open)).toHaveProperty('problems.0.message', expect.stringContaining('0002_step_2 in jobs'));
  expect(assess(open, { lockHeld: true })).toMatchObject({ problems: [], migrating: true });
});

test('an applied migration whose file differs is changed, with found and expected checksum', () => {
  const { problems } = assess([row(1), row(2, { checksum: 'f'.repeat(64) }), row(3)]);
  expect(problems).toMatchObject([
    { code: 'changed', message: expect.stringMatching(/ffffffffffff…, .*222222222222…/) },
  ]);
});

test('an applied migration of another name is unrecognised, and the message says which build applied it', () => {
  const { problems } = assess([row(1), row(2, { name: 'other' }), row(3)]);
  expect(problems).toMatchObject([
    { code: 'unrecognised', message: expect.stringContaining('app version 1.0.0 (image abc)') },
  ]);
});

test('a migration above everything this image has is ahead, not unrecognised', () => {
  expect(assess([row(1), row(2), row(3), row(4)]).problems).toEqual([]);
});

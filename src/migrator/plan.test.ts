import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Manifest } from '../contract/index.ts';
import { planMigration, type Plan } from './plan.ts';
import type { LedgerRow, MigrationFile } from './types.ts';

function file(version: number): MigrationFile {
  return {
    database: 'jobs',
    version,
    name: `step_${version}`,
    checksum: version.toString(16).padStart(64, '0'),
    path: `000${version}_step_${version}.sql`,
    text: 'select;',
  };
}

function row(version: number, changes: Partial<LedgerRow> = {}): LedgerRow {
  const { name, checksum } = file(version);
  return {
    version,
    name,
    checksum,
    oldestCompatible: version - 1,
    startedAt: new Date(0),
    finishedAt: new Date(1),
    appliedBy: 'ada',
    appliedBySource: 'operator',
    appVersion: '1.0.0',
    imageSha: 'abc',
    runId: '00000000-0000-4000-8000-000000000001',
    ...changes,
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

interface Given {
  readonly have: number;
  readonly files: number;
  readonly required: number;
  readonly to?: number | undefined;
  readonly server?: number;
  readonly rows?: readonly LedgerRow[];
}

function plan({ have, files, required, to, server = 180_004, rows }: Given): Plan {
  const database = { schemaVersion: 0 };
  const manifest: Manifest = {
    manifestVersion: 1,
    appVersion: '1.0.0',
    upgradableFrom: '*',
    databases: { config: database, results: database, jobs: { schemaVersion: required } },
    scannerProtocol: { min: 1, max: 2 },
    postgres: { min: 14, max: 18 },
  };
  const ledger = {
    exists: have > 0,
    rows: rows ?? range(1, have).map((version) => row(version)),
    lockHeld: false,
    readableByAll: true,
    serverVersionNum: server,
  };
  return planMigration({ database: 'jobs', manifest, files: range(1, files).map(file), ledger, to });
}

function refusalOf(given: Given): string | undefined {
  const result = plan(given);
  return result.action === 'refuse' ? result.error.code : undefined;
}

test('whatever is applied and wanted, the plan is exactly the missing versions in order, or a refusal', () => {
  const version = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(version, version, fc.option(version, { nil: undefined }), (have, required, to) => {
      const result = plan({ have, files: 12, required, to });
      const target = Math.min(to ?? required, required);
      const applied = result.action === 'apply' ? result.migrations.map((migration) => migration.version) : [];
      expect(applied).toEqual(have > target ? [] : range(have + 1, target));
      const beyond = have > required || (to !== undefined && have > target);
      expect(result.action).toBe(beyond ? 'refuse' : applied.length > 0 ? 'apply' : 'nothing');
    }),
  );
});

test('carrying out a plan leaves nothing to do', () => {
  const version = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(version, version, (have, more) => {
      const required = Math.min(12, have + more);
      const first = plan({ have, files: 12, required });
      const done = have + (first.action === 'apply' ? first.migrations.length : 0);
      expect(plan({ have: done, files: 12, required }).action).toBe('nothing');
    }),
  );
});

test.each([
  ['migrator_schema_refused', { have: 3, files: 3, required: 3, rows: [row(1, { finishedAt: null })] }],
  ['migrator_schema_refused', { have: 1, files: 3, required: 3, rows: [row(1, { checksum: 'f'.repeat(64) })] }],
  ['migrator_schema_refused', { have: 1, files: 3, required: 3, rows: [row(1, { name: 'other' })] }],
  ['migrator_schema_refused', { have: 3, files: 2, required: 2 }],
  ['migrator_target_below', { have: 2, files: 3, required: 3, to: 1 }],
  ['migrator_ledger_gap', { have: 3, files: 3, required: 3, rows: [row(1), row(3)] }],
  ['migrator_postgres_unsupported', { have: 0, files: 3, required: 3, server: 130_012 }],
  ['migrator_postgres_unsupported', { have: 3, files: 3, required: 3, server: 190_000 }],
])('%s refuses %j', (code, given) => {
  expect(refusalOf(given)).toBe(code);
});

test('a refusal that is nobody’s fault but needs a decision exits 3; a server that cannot be used exits 1', () => {
  const exitCodeOf = (given: Given): number | undefined => {
    const result = plan(given);
    return result.action === 'refuse' ? result.error.exitCode : undefined;
  };
  expect(exitCodeOf({ have: 3, files: 2, required: 2 })).toBe(3);
  expect(exitCodeOf({ have: 0, files: 3, required: 3, server: 130_012 })).toBe(1);
});

import { expect, test } from 'vitest';
import type { Manifest, SchemaProblem } from '../contract/index.ts';
import { composeDatabases, composeOthers, listUncheckedDrift, listUnsupportedPostgres } from './compose.ts';
import type { Composition } from './composition.ts';
import { now } from './fixtures/facts.ts';
import { nothingKnown } from './last-known.ts';
import type { Outcome } from './outcome.ts';
import type { SchemaReading } from './readers/schema.ts';
import { nothingRead, type MeasuredDrift, type Readings } from './readings.ts';

const manifest: Manifest = {
  manifestVersion: 1,
  appVersion: '1.4.0',
  upgradableFrom: '>=1.0.0',
  databases: { config: { schemaVersion: 5 }, results: { schemaVersion: 5 }, jobs: { schemaVersion: 5 } },
  scannerProtocol: { min: 1, max: 2 },
  postgres: { min: 14, max: 18 },
};
const drifted: SchemaProblem = { code: 'drift', message: 'an index is gone', remedy: 'look' };

function schema(change: Partial<SchemaReading['assessment']> = {}): Outcome<SchemaReading> {
  const assessment = { status: 'ok', current: 5, required: 5, pending: [], problems: [], migrating: false } as const;
  return {
    value: {
      assessment: { ...assessment, aheadAllowed: null, ...change },
      history: [],
      horizon: { applied: [], pending: [] },
      ledgerKey: 'a ledger',
      postgresMajor: 18,
      maintenance: null,
    },
    readAt: now,
  };
}

function measured(value: SchemaProblem | null, ledgerKey = 'a ledger'): MeasuredDrift {
  return { ledgerKey, outcome: { value, readAt: now } };
}

function composition(change: Partial<Readings>): Composition {
  return { manifest, readings: { ...nothingRead, ...change }, lastKnown: nothingKnown, now };
}

function withDrift(config: MeasuredDrift | null, reading = schema()): Composition {
  return composition({
    schemas: { ...nothingRead.schemas, config: reading },
    drift: { ...nothingRead.drift, config },
  });
}

test('drift counts for the ledger that it was measured with', () => {
  const given = withDrift(measured(drifted));
  expect(composeDatabases(given)[0]?.problems).toEqual([drifted]);
  expect(listUncheckedDrift(given)).toEqual([]);
});

test('drift that was measured before the ledger changed says nothing about the schema of now', () => {
  for (const before of [drifted, null]) {
    const given = withDrift(measured(before, 'an older ledger'));
    expect(composeDatabases(given)[0]?.problems).toEqual([]);
    expect(listUncheckedDrift(given)).toEqual([
      { database: 'config', failure: null, message: 'it has not been compared yet' },
    ]);
  }
});

test('a comparison that failed keeps its reason; one that found nothing to compare with is no failure', () => {
  const unread = (code: string) => ({ ledgerKey: 'a ledger', outcome: { error: { code, message: 'no answer' } } });
  const [database, message] = ['config', 'no answer'];
  expect(listUncheckedDrift(withDrift(unread('database_timeout')))).toEqual([
    { database, failure: 'database_timeout', message },
  ]);
  expect(listUncheckedDrift(withDrift(unread('drift_unrecorded')))).toEqual([{ database, failure: null, message }]);
});

test.each([
  ['was never migrated', schema({ status: 'behind', current: 0 })],
  ['is being migrated', schema({ migrating: true })],
  ['could not be read', { error: { code: 'database_timeout', message: 'no answer' } }],
])('nobody misses the comparison of a schema that %s', (_, reading) => {
  expect(listUncheckedDrift(withDrift(null, reading))).toEqual([]);
});

test('the migrations of all databases are in one list, newest first', () => {
  const reading = (at: string, version: number): Outcome<SchemaReading> => {
    const outcome = schema();
    if (!('value' in outcome)) throw new Error('not read');
    const record = {
      version,
      name: 'a',
      appliedAt: `2026-11-22T${at}:00.000Z`,
      appliedBy: 'ada',
      appliedBySource: 'operator',
      durationMs: 1,
      appVersion: '1.4.0',
      imageSha: 'unknown',
      runId: 'r',
    } as const;
    const history = [{ database: 'config' as const, ...record }];
    return { ...outcome, value: { ...outcome.value, history } };
  };
  const { migrations } = composeOthers(
    composition({ schemas: { config: reading('10:00', 1), results: reading('11:00', 2), jobs: reading('10:00', 3) } }),
  );
  expect(migrations.map(({ version }) => version)).toEqual([2, 3, 1]);
});

test('a server outside the manifest is listed with its version, and one that was not read is not', () => {
  const accepted = { min: 14, max: 17 };
  const given = { ...withDrift(null), manifest: { ...manifest, postgres: accepted } };
  expect(listUnsupportedPostgres(given)).toEqual([{ database: 'config', major: 18, accepted }]);
  expect(listUnsupportedPostgres(withDrift(null))).toEqual([]);
});

import { expect, test } from 'vitest';
import type { BundleSummary, DatabaseName, Manifest } from '../contract/index.ts';
import { composeBackup } from './compose-backup.ts';
import { backupFacts, bundle, now } from './fixtures/facts.ts';
import { nothingKnown } from './last-known.ts';
import { nothingRead, type Readings } from './readings.ts';

const wanted = { schemaVersion: 5 };
const manifest: Manifest = {
  manifestVersion: 1,
  appVersion: '1.4.0',
  upgradableFrom: '>=1.0.0',
  databases: { config: wanted, results: wanted, jobs: wanted },
  scannerProtocol: { min: 1, max: 2 },
  postgres: { min: 14, max: 18 },
};
const older: BundleSummary = { ...bundle, id: '20261121T021000Z-00000001', createdAt: '2026-11-21T02:10:00.000Z' };

interface Said {
  readonly newest: BundleSummary | null;
  readonly lastProven?: BundleSummary | null;
  /** Schema versions of now; a database that is left out cannot be read. */
  readonly current?: Partial<Record<DatabaseName, number>>;
  /** What the newest migration of each declares; default that everything before stops on it. */
  readonly oldestCompatible?: number;
}

function compose({ newest, lastProven = null, current = { config: 5, results: 5, jobs: 5 }, oldestCompatible }: Said) {
  const schemas = Object.entries(current).map(([name, version]) => [name, schema(version, oldestCompatible)]);
  return composeBackup({
    manifest,
    readings: {
      ...nothingRead,
      schemas: { ...nothingRead.schemas, ...Object.fromEntries(schemas) } as Readings['schemas'],
      backup: { value: { ...backupFacts, bundle: newest, lastProven }, readAt: now },
    },
    lastKnown: nothingKnown,
    now,
  });
}

function schema(current: number, oldestCompatible = current): Readings['schemas']['config'] {
  const rest = { required: 5, pending: [], problems: [], migrating: false, aheadAllowed: null };
  return {
    value: {
      assessment: { status: 'ok', current, ...rest },
      history: [],
      horizon: { applied: [{ version: current, name: 'newest', oldestCompatible, appVersion: '1.4.0' }], pending: [] },
      ledgerKey: 'a',
      postgresMajor: 18,
      maintenance: null,
    },
    readAt: now,
  };
}

test('the age of the last backup is counted from when it was taken, and never negative', () => {
  const age = (createdAt: string) => compose({ newest: { ...bundle, createdAt } }).ageSeconds;
  expect(age('2026-11-22T17:28:59.500Z')).toBe(60);
  expect(age('2026-11-22T18:00:00.000Z')).toBe(0);
});

test('what the service says beside its bundle is passed on, and is null while it says nothing', () => {
  expect(compose({ newest: bundle, lastProven: bundle }).service).toEqual(backupFacts);
  const silent = composeBackup({ manifest, readings: nothingRead, lastKnown: nothingKnown, now });
  expect(silent).toMatchObject({ status: 'unavailable', service: null, migratedSince: [], waysBack: [] });
});

test('a bundle from before a migration says which databases went on without it', () => {
  const { migratedSince } = compose({ newest: bundle, current: { config: 5, results: 6, jobs: 7 } });
  expect(migratedSince).toEqual([
    { database: 'results', bundleVersion: 5, current: 6 },
    { database: 'jobs', bundleVersion: 5, current: 7 },
  ]);
});

test('a database that cannot be read, or that went back, was not migrated since as far as anybody knows', () => {
  expect(compose({ newest: bundle, current: { config: 4 } }).migratedSince).toEqual([]);
});

test.each([
  ['the newest, when it is proven', bundle, older, [bundle.id]],
  ['the newest and the newest proven one', { ...bundle, state: 'completed' }, older, [bundle.id, older.id]],
  ['the newest alone, when none is proven', { ...bundle, state: 'verified' }, null, [bundle.id]],
  ['the newest proven one, when the newest is damaged', { ...bundle, state: 'damaged' }, older, [older.id]],
  ['none, when the only one is damaged', { ...bundle, state: 'damaged' }, null, []],
  ['none without a bundle', null, null, []],
] as const)('the way back is %s', (_, newest, lastProven, ids) => {
  expect(compose({ newest, lastProven }).waysBack.map(({ bundleId }) => bundleId)).toEqual(ids);
});

test.each([
  [{ config: 5, results: 5, jobs: 5 }, 'this_release'],
  [{ config: 5, results: 4, jobs: 5 }, 'migrate'],
  [{ config: 5, results: 4, jobs: 6 }, 'newer_release'],
  [{ config: 5, results: 5 }, 'migrate'],
] as const)('a bundle at %o fits %s', (schemaVersions, fits) => {
  expect(compose({ newest: { ...bundle, schemaVersions } }).waysBack[0]?.fits).toBe(fits);
});

test.each([
  ['lets this release run on it', 5, 'this_release'],
  ['does not let this release run on it', 6, 'newer_release'],
] as const)('after going back to this release, a bundle of a schema that %s', (_, oldestCompatible, fits) => {
  const schemaVersions = { config: 6, results: 6, jobs: 6 };
  const said = { newest: { ...bundle, schemaVersions }, current: schemaVersions, oldestCompatible };
  expect(compose(said).waysBack[0]?.fits).toBe(fits);
});

test('a way back names the release that it leads to and the moment since which everything is lost', () => {
  const newest = { ...bundle, appVersion: '1.3.0', imageSha: 'abc' };
  expect(compose({ newest }).waysBack).toEqual([
    {
      bundleId: bundle.id,
      createdAt: bundle.createdAt,
      state: 'proven',
      appVersion: '1.3.0',
      imageSha: 'abc',
      fits: 'this_release',
    },
  ]);
});

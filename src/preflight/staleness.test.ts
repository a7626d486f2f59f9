import { expect, test } from 'vitest';
import type { BundleSummary } from '../contract/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { staleReasonsOf, type DeploymentNow } from './staleness.ts';

const ranAt = new Date('2026-11-22T12:00:00.000Z');
const bundle: BundleSummary = {
  id: 'bundle-2',
  createdAt: '2026-11-22T02:10:00.000Z',
  bytes: 1,
  verifiedAt: null,
  schemaVersions: {},
  state: 'completed',
  provenAt: null,
  damage: null,
  appVersion: '1.0.0',
  imageSha: 'unknown',
  encrypted: false,
  pinned: false,
};
const run: Fingerprint = {
  manifestDigest: 'd',
  schemaVersions: { config: 8, results: 2, jobs: 41 },
  serverVersions: { config: 180_004, results: 180_004, jobs: 180_004 },
  bundle: { id: bundle.id, createdAt: bundle.createdAt },
  backupMaxAgeSeconds: 26 * 3600,
  fleet: { total: 10, outsideWindow: 1 },
};
const now: DeploymentNow = {
  schemaVersions: { config: 8, results: 2, jobs: 41 },
  bundle,
  outsideWindow: 1,
  now: new Date('2026-11-22T18:00:00.000Z'),
};
const older: BundleSummary = { ...bundle, id: 'bundle-1', createdAt: '2026-11-21T02:10:00.000Z' };
const newer: BundleSummary = { ...bundle, id: 'bundle-3', createdAt: '2026-11-22T14:00:00.000Z' };

test.each<[string, Partial<Fingerprint>, Partial<DeploymentNow>, string[]]>([
  ['nothing changed', {}, {}, []],
  [
    'a database was migrated',
    {},
    { schemaVersions: { config: 8, results: 2, jobs: 42 } },
    ['jobs moved 41 → 42 after this run'],
  ],
  [
    'two were',
    {},
    { schemaVersions: { config: 9, results: 2, jobs: 42 } },
    ['config moved 8 → 9 after this run', 'jobs moved 41 → 42 after this run'],
  ],
  [
    'a database could not be read then',
    { schemaVersions: { config: 8, results: 2, jobs: null } },
    {},
    ['jobs could not be read then and is at 41 now'],
  ],
  ['a database cannot be read now', {}, { schemaVersions: { config: 8, results: 2, jobs: undefined } }, []],
  ['the bundle is gone', {}, { bundle: null }, ['the bundle that it relied on, bundle-2, is gone']],
  [
    'an older bundle is the newest now',
    {},
    { bundle: older },
    ['the bundle that it relied on, bundle-2, is gone; the newest is older, bundle-1'],
  ],
  ['a newer bundle was taken', {}, { bundle: newer }, []],
  [
    'the bundle has become too old',
    { backupMaxAgeSeconds: 12 * 3600 },
    {},
    ['the last bundle has become older than 12 h since'],
  ],
  ['the bundle was too old then already', { backupMaxAgeSeconds: 5 * 3600 }, {}, []],
  ['there was no bundle then', { bundle: null }, {}, []],
  ['the backup service cannot be asked now', {}, { bundle: undefined }, []],
  [
    'more scanners would drop out',
    {},
    { outsideWindow: 3 },
    ['the fleet changed: 3 scanners would drop out now, 1 did when it ran'],
  ],
  ['fewer scanners would drop out', {}, { outsideWindow: 0 }, []],
  ['the fleet cannot be counted now', {}, { outsideWindow: undefined }, []],
  [
    'it is a day and an hour old',
    { backupMaxAgeSeconds: 99 * 3600 },
    { now: new Date('2026-11-23T13:00:00.000Z') },
    ['it ran more than 24 h ago'],
  ],
])('%s', (_, then, since, reasons) => {
  expect(staleReasonsOf({ ...run, ...then }, ranAt, { ...now, ...since })).toEqual(reasons);
});

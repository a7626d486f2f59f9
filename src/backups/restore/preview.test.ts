import { expect, test } from 'vitest';
import { sampleManifest } from '../../../test/testkit/bundles.ts';
import type { BundleManifest, DatabaseName, Manifest } from '../../contract/index.ts';
import { restoreError } from './errors.ts';
import type { LiveReading } from './live.ts';
import { previewOf, type PreviewFacts } from './preview.ts';
import { findRefusals, type Accepted } from './refusals.ts';

const manifest: Manifest = {
  manifestVersion: 1,
  appVersion: '1.4.0',
  upgradableFrom: '>=1.0.0',
  databases: { config: { schemaVersion: 7 }, results: { schemaVersion: 7 }, jobs: { schemaVersion: 7 } },
  scannerProtocol: { min: 1, max: 2 },
  postgres: { min: 14, max: 18 },
};
const away = restoreError('restore_running', { message: 'config is corrupt', hint: 'mend it' });

function live(database: DatabaseName, counts: Record<string, number>): LiveReading {
  const facts = { schemaVersion: 8, lastMigratedAt: '2026-11-21T10:00:00.000Z', scannerNames: [], epoch: 3 };
  return { database, facts: { ...facts, counts, deploymentId: database === 'config' ? 'deployment-one' : null } };
}

function facts(change: Partial<PreviewFacts> = {}): PreviewFacts {
  return {
    bundle: sampleManifest(),
    from: 'local',
    state: 'proven',
    live: [live('config', { users_created: 2 }), live('results', {}), live('jobs', { leases_held: 4 })],
    connected: [],
    manifest,
    now: new Date('2026-11-20T04:10:00.000Z'),
    ...change,
  };
}

const at = (schemaVersion: number, oldestCompatible = schemaVersion): BundleManifest => {
  const sample = sampleManifest();
  const change = { schemaVersion, oldestCompatible };
  return { ...sample, databases: sample.databases.map((one) => Object.assign({}, one, change)) };
};

test('a bundle of this schema fits this release, and says how old it is and whose', () => {
  const preview = previewOf(facts());
  expect(preview.bundle).toMatchObject({ ageSeconds: 7200, state: 'proven', ofThisDeployment: true });
  expect(preview.fits).toBe('this release, 1.4.0, runs on it as it is');
  expect(preview.databases[0]).toMatchObject({ inBundle: 7, now: 8, required: 7, fit: 'this_release' });
});

test('an older one fits after the migrator, a newer one only its own release', () => {
  expect(previewOf(facts({ bundle: at(6) }))).toMatchObject({
    fit: 'migrate',
    fits: 'release 1.0.0, which took it, runs on it as it is, and so does any release made for these schema versions or newer: config 6, results 6, jobs 6; this one, 1.4.0, after its migrator',
  });
  expect(previewOf(facts({ bundle: { ...at(8), appVersion: '2.0.0' } }))).toMatchObject({
    fit: 'newer_release',
    fits: 'the bundle is of release 2.0.0; only that or a newer one runs on it, this is 1.4.0',
  });
});

test('one that was taken after going back to this release, on the schema of the next one, fits as it is', () => {
  expect(previewOf(facts({ bundle: at(8, 7) }))).toMatchObject({
    fit: 'this_release',
    fits: 'this release, 1.4.0, runs on it as it is',
  });
});

test('a part of the deployment that cannot be read says so, and leaves the others as they are', () => {
  const preview = previewOf(facts({ live: [{ database: 'config', error: away }, live('jobs', { leases_held: 4 })] }));
  expect(preview.databases[0]).toMatchObject({
    now: null,
    error: { code: 'restore_running', message: 'config is corrupt' },
  });
  expect(preview.bundle.ofThisDeployment).toBeNull();
  expect(preview.losses.find(({ code }) => code === 'users_created')?.count).toBeNull();
  expect(preview.losses.find(({ code }) => code === 'leases_held')?.count).toBe(4);
});

test.each<[string, Partial<PreviewFacts>, Accepted, string[]]>([
  ['nothing speaks against a proven bundle', {}, {}, []],
  ['nor against a verified one', { state: 'verified' }, {}, []],
  ['one that was only completed is unverified', { state: 'completed' }, {}, ['restore_unverified']],
  ['so is a damaged one', { state: 'damaged' }, {}, ['restore_unverified']],
  ['a reason goes past that', { state: 'completed' }, { unverified: 'fire' }, []],
  ['blanks are no reason', { state: 'completed' }, { unverified: ' ' }, ['restore_unverified']],
  [
    'a newer schema is refused, whatever reason is given',
    { bundle: at(8) },
    { unverified: 'fire' },
    ['restore_schema_newer'],
  ],
  ['unless all that was applied there lets this release run on it', { bundle: at(8, 7) }, {}, []],
  ['a newer release that took it is nothing against it', { bundle: sampleManifest({ appVersion: '1.5.0' }) }, {}, []],
  [
    'another deployment is refused',
    { bundle: sampleManifest({ deploymentId: 'two' }) },
    {},
    ['restore_other_deployment'],
  ],
  ['unless for a reason', { bundle: sampleManifest({ deploymentId: 'two' }) }, { otherDeployment: 'staging' }, []],
  [
    'a deployment that cannot say who it is refuses none',
    { bundle: sampleManifest({ deploymentId: 'two' }), live: [{ database: 'config', error: away }] },
    {},
    [],
  ],
  [
    'all that speaks against it is told at once',
    { bundle: { ...at(8), deploymentId: 'two' }, state: 'completed' },
    {},
    ['restore_schema_newer', 'restore_unverified', 'restore_other_deployment'],
  ],
])('%s', (_, change, accepted, codes) => {
  const given = facts(change);
  const refusals = findRefusals({ bundle: given.bundle, preview: previewOf(given), accepted, appVersion: '1.4.0' });
  expect(refusals.map(({ code }) => code)).toEqual(codes);
  expect(refusals.every(({ exitCode }) => exitCode === 3)).toBe(true);
});

import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  bundlePopulated,
  createTestDatabases,
  hangingServer,
  populated,
  queryServer,
  scratchFolder,
  serverUrl,
  startPostgresProxy,
  takeBundle,
  testEngines,
  testTarget,
} from '../../../test/testkit/index.ts';
import { Secret, systemClock } from '../../base/index.ts';
import type { BundleManifest } from '../../contract/index.ts';
import { connect, disconnect } from '../../postgres/index.ts';
import { sealTo, unsealWith } from '../sealing/index.ts';
import { sourceOn } from '../reload/source.ts';
import { proveBundle, readProveHindrance, type ProveRequest } from './prove.ts';

async function setup() {
  const folder = await scratchFolder();
  onTestFinished(async () => await folder[Symbol.asyncDispose]());
  const databases = await createTestDatabases({ template: populated });
  onTestFinished(async () => await databases[Symbol.asyncDispose]());
  const target = testTarget(join(folder.path, 'backups'));
  const manifest = await bundlePopulated(databases, target);
  const engines = await testEngines();
  const prove = async (change: Partial<ProveRequest> = {}) =>
    await proveBundle({
      source: sourceOn(target, manifest),
      engines,
      unseal: undefined,
      url: serverUrl('prove'),
      by: 'ada',
      clock: systemClock,
      signal: new AbortController().signal,
      onBytes: () => undefined,
      onPhase: () => undefined,
      ...change,
    });
  const file = (name: BundleManifest['databases'][number]['name']): string =>
    join(target.location, 'bundles', manifest.id, manifest.databases.find((one) => one.name === name)?.file.path ?? '');
  return { databases, target, manifest, prove, file };
}

async function scratchDatabases(): Promise<unknown[]> {
  const rows = await queryServer(
    "select datname from pg_database where datname like 'plimsoll\\_prove\\_%' order by datname",
  );
  return rows.map(({ datname }) => datname);
}

test('a bundle that is restored and is what its snapshot held is proven, by a role that may only make databases', async () => {
  const { prove, manifest } = await setup();
  const phases: string[] = [];
  const read = new Map<string, number>();

  const verification = await prove({
    onPhase: (phase) => phases.push(phase),
    onBytes: (name, bytes) => read.set(name, bytes),
  });

  expect(verification).toEqual({
    bundleId: manifest.id,
    target: 'local',
    at: expect.any(String) as string,
    method: 'restore',
    by: 'ada',
    durationMs: expect.any(Number) as number,
    result: 'passed',
    message: expect.stringMatching(
      /^restored: \d+ tables with \d+ rows and the schema are those of the snapshot$/,
    ) as string,
  });
  expect(phases).toEqual([
    'making scratch databases',
    'restoring config',
    'restoring results',
    'restoring jobs',
    'comparing',
    'dropping scratch databases',
  ]);
  expect(Object.fromEntries(read)).toEqual(
    Object.fromEntries(manifest.databases.map(({ name, file }) => [name, file.bytes])),
  );
  expect(await scratchDatabases()).toEqual([]);
});

test.for<[string, (manifest: BundleManifest) => BundleManifest, RegExp]>([
  [
    'rows are missing',
    (manifest) =>
      change(manifest, (database) => ({
        tables: database.tables.map((table) => (table.name === 'public.scanners' ? { ...table, rows: 21 } : table)),
      })),
    /config: public\.scanners has 20 rows, expected 21/,
  ],
  [
    'a table is missing',
    (manifest) =>
      change(manifest, ({ tables }) => ({ tables: [...tables, { name: 'public.gone', rows: 0, dataLeftOut: false }] })),
    /config: table public\.gone is missing/,
  ],
  [
    'a table is too many',
    (manifest) => change(manifest, ({ tables }) => ({ tables: tables.filter(({ name }) => name !== 'public.users') })),
    /config: table public\.users was not in the snapshot/,
  ],
  [
    'the schema is another',
    (manifest) => change(manifest, () => ({ schemaFingerprint: '0'.repeat(64) })),
    /config: the schema differs from the snapshot's/,
  ],
  [
    'the version is another',
    (manifest) => change(manifest, () => ({ schemaVersion: 4 })),
    /config: schemaVersion is \d+, expected 4/,
  ],
  [
    'references lead nowhere',
    (manifest) => ({
      ...manifest,
      crossChecks: manifest.crossChecks.map((check) => ({ ...check, checked: check.checked + 1 })),
    }),
    /reference result_job counts 11 with 0 missing, expected 12 with 0 missing/,
  ],
])('a bundle that says otherwise fails when %s', async ([, forge, message]) => {
  const { prove, manifest, target } = await setup();
  const verification = await prove({ source: sourceOn(target, forge(manifest)) });
  expect(verification).toMatchObject({ result: 'failed', message: expect.stringMatching(message) as string });
  expect(await scratchDatabases()).toEqual([]);
});

function change(
  manifest: BundleManifest,
  by: (config: BundleManifest['databases'][number]) => Partial<BundleManifest['databases'][number]>,
): BundleManifest {
  return {
    ...manifest,
    databases: manifest.databases.map((one) => (one.name === 'config' ? { ...one, ...by(one) } : one)),
  };
}

test.for<[string, (path: string) => Promise<void>, RegExp]>([
  ['cut off', async (path) => await truncate(path, 500), /is not as it was written: it has 500 bytes, expected \d+/],
  ['missing', async (path) => await rm(path), /results/],
  ['changed in one bit', flipLastBit, /is not as it was written: its SHA-256 differs/],
])('a dump that is %s fails', async ([, harm, message]) => {
  const { prove, file } = await setup();
  await harm(file('results'));
  expect(await prove()).toMatchObject({ result: 'failed', message: expect.stringMatching(message) as string });
  expect(await scratchDatabases()).toEqual([]);
});

async function flipLastBit(path: string): Promise<void> {
  const content = await readFile(path);
  content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1);
  await writeFile(path, content);
}

test('without a server, with one that is away or hangs, without the right or the room, nothing is said of the bundle', async () => {
  const { prove, manifest, target } = await setup();
  await using hanging = await hangingServer();
  const newer = change(manifest, () => ({ serverVersion: 990_000 }));
  const outcomes = await Promise.all([
    prove({ url: undefined }),
    prove({ url: new Secret('postgres://nobody@127.0.0.1:1/postgres') }),
    prove({ url: new Secret(`postgres://nobody@127.0.0.1:${hanging.port}/postgres`) }),
    prove({ url: serverUrl('readonly') }),
    prove({ freeBytes: async () => await Promise.resolve(1000) }),
    prove({ source: sourceOn(target, newer) }),
    prove({ source: sourceOn(target, { ...manifest, encryption: { kind: 'age', recipients: ['age1one'] } }) }),
  ]);
  expect(outcomes.map(({ result }) => result)).toEqual(Array.from(outcomes, () => 'could_not_check'));
  expect(outcomes.map(({ message }) => message)).toEqual([
    'BACKUP_PROVE_DATABASE_URL is not set, so there is no server to restore bundles on',
    expect.stringContaining('ECONNREFUSED'),
    expect.stringContaining('no answer within'),
    'the role plimsoll_readonly may not make databases',
    expect.stringMatching(/has 1 MB free, and config, results, jobs take about \d+ MB$/),
    expect.stringMatching(/^the bundle is of PostgreSQL 99, and .* is PostgreSQL \d+$/),
    expect.stringContaining('age1one'),
  ]);
  expect(await scratchDatabases()).toEqual([]);
});

test('an encrypted bundle is proven with the private key of a recipient, and with no other', async () => {
  const { databases, target, prove } = await setup();
  const [mine, other] = [await generateX25519Identity(), await generateX25519Identity()];
  const recipients = [await identityToRecipient(mine)];
  const urls = databases.urls('readonly');
  const sealed = await takeBundle({ urls, target, seal: { make: sealTo(recipients), recipients } });
  const source = sourceOn(target, sealed);
  expect(await prove({ source })).toMatchObject({
    result: 'could_not_check',
    message: expect.stringContaining(recipients[0] ?? '') as string,
  });
  expect(await prove({ source, unseal: unsealWith([new Secret(other)]) })).toMatchObject({
    result: 'could_not_check',
    message: 'the private key that was given is of none of the recipients of this bundle',
  });
  expect((await prove({ source, unseal: unsealWith([new Secret(mine)]) })).result).toBe('passed');
  expect(await scratchDatabases()).toEqual([]);
});

test('a server that ends in the middle is no fault of the bundle, and what is left is swept by the next run', async () => {
  const { prove } = await setup();
  await using proxy = await startPostgresProxy(serverUrl('prove'));
  const broken = await prove({
    url: proxy.urlThrough(serverUrl('prove')),
    onPhase: (phase) => {
      if (phase === 'restoring results') void proxy.stop();
    },
  });
  expect(broken.result).toBe('could_not_check');
  expect((await scratchDatabases()).length).toBeGreaterThan(0);
  expect((await prove()).result).toBe('passed');
  expect(await scratchDatabases()).toEqual([]);
});

test('the databases of a run that is alive, and of other roles, are not swept', async () => {
  const { prove } = await setup();
  const client = await connect({ name: 'x', url: serverUrl('prove'), applicationName: 'test', connectTimeoutMs: 5000 });
  await client.query('select pg_advisory_lock($1, $2)', [0x7072_6f76, 0xfeed_beef | 0]);
  await client.query('create database plimsoll_prove_feedbeef_config');
  await client.query('create database plimsoll_prove_0badcafe_jobs');
  await queryServer('create database plimsoll_prove_00c0ffee_jobs');
  expect((await prove()).result).toBe('passed');
  expect(await scratchDatabases()).toEqual(['plimsoll_prove_00c0ffee_jobs', 'plimsoll_prove_feedbeef_config']);
  await disconnect(client);
  expect((await prove()).result).toBe('passed');
  expect(await scratchDatabases()).toEqual(['plimsoll_prove_00c0ffee_jobs']);
  await queryServer('drop database plimsoll_prove_00c0ffee_jobs');
});

test('a cancelled run rejects and leaves nothing behind', async () => {
  const { prove } = await setup();
  const cancel = new AbortController();
  const cancelled = prove({
    signal: cancel.signal,
    onPhase: (phase) => {
      if (phase === 'restoring jobs') cancel.abort(new Error('enough'));
    },
  });
  await expect(cancelled).rejects.toThrow('enough');
  expect(await scratchDatabases()).toEqual([]);
});

test('what stands in the way of proving is told before anything is tried', async () => {
  expect(await readProveHindrance(serverUrl('prove'))).toBeNull();
  expect(await readProveHindrance(undefined)).toMatchObject({ code: 'prove_not_configured' });
  expect(await readProveHindrance(serverUrl('app'))).toMatchObject({
    code: 'reload_rights_missing',
    hint: 'As superuser run in psql: alter role "plimsoll_app" createdb;',
  });
});

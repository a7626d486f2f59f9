import { cp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { queryServer, serverUrl } from '../../../test/testkit/index.ts';
import { restoreScene, type RestoreScene } from '../../../test/testkit/restore-scene.ts';
import { Secret } from '../../base/index.ts';
import { connect, disconnect } from '../../postgres/index.ts';
import { openDownload, planDownload } from '../index.ts';
import { previewRestore, resumeRestore } from './restore.ts';

/** After a refusal: the gate was never closed for good, nothing lies beside, nothing was lost. */
async function expectUntouched(scene: RestoreScene): Promise<void> {
  expect(await scene.gateIsOpen()).toBe(true);
  expect(await scene.sideDatabases()).toEqual([]);
  expect(await scene.counts()).toEqual({ users: 5, scanners: 20, scans: 1, results: 11 });
}

const folderOf = (scene: RestoreScene): string => join(scene.root, 'bundles', scene.bundle.id);
const dumpOf = (scene: RestoreScene): string => join(folderOf(scene), scene.bundle.databases[1]?.file.path ?? '');

test('a newer schema than this release knows is refused, with the release that fits', async () => {
  await using scene = await restoreScene({ change: { appVersion: '7.1.0' } });
  const older = { ...scene.manifest, databases: { ...scene.manifest.databases, jobs: { schemaVersion: 1 } } };
  await expect(scene.restore({ context: { manifest: older } })).rejects.toMatchObject({
    code: 'restore_schema_newer',
    exitCode: 3,
    message: expect.stringMatching(
      /^the bundle was taken by release 7\.1\.0, this is 1\.0\.0; jobs is at schema \d+, this release knows 1$/,
    ) as string,
    hint: expect.stringContaining('Use the image of release 7.1.0') as string,
  });
  await expectUntouched(scene);
});

test('a bundle that no verification has passed is refused, unless a reason is given, which is recorded', async () => {
  await using scene = await restoreScene({ verified: false });
  await expect(scene.restore()).rejects.toMatchObject({
    code: 'restore_unverified',
    exitCode: 3,
    hint: expect.stringContaining(`plimsoll backup verify ${scene.bundle.id}`) as string,
  });
  await expect(scene.restore({ request: { accepted: { unverified: '  ' } } })).rejects.toMatchObject({
    code: 'restore_unverified',
  });
  await expectUntouched(scene);
  const { journal } = await scene.restore({ request: { accepted: { unverified: 'the house is on fire' } } });
  expect(journal.accepted).toEqual({ unverified: 'the house is on fire' });
  const [event] = await scene.databases.config.query(
    'app',
    "select details ->> 'unverified' as reason from audit_events where action = 'backup.restored'",
  );
  expect(event).toEqual({ reason: 'the house is on fire' });
});

test('the bundle of another deployment is refused, unless a reason is given; this one keeps its name', async () => {
  await using scene = await restoreScene({ change: { deploymentId: 'another one' } });
  await expect(scene.restore()).rejects.toMatchObject({ code: 'restore_other_deployment', exitCode: 3 });
  await expectUntouched(scene);
  await scene.restore({ request: { accepted: { otherDeployment: 'staging from production' } } });
  const [row] = await scene.databases.config.query('app', "select value from settings where key = 'deployment.id'");
  expect(row).toEqual({ value: scene.deploymentId });
});

test.for<[string, (scene: RestoreScene) => Promise<void>, string]>([
  ['a file is cut off', async (scene) => await truncate(dumpOf(scene), 100), 'restore_bundle_damaged'],
  ['a file is missing', async (scene) => await rm(dumpOf(scene)), 'restore_bundle_damaged'],
  ['a bit is flipped', flipBit, 'restore_bundle_damaged'],
  [
    'a file is too many',
    async (scene) => await writeFile(join(folderOf(scene), 'more.sql'), 'drop table users'),
    'restore_bundle_damaged',
  ],
  ['bundle.json and its copy are tampered with', tamper, 'bundle_manifest_damaged'],
  [
    'it is renamed',
    async (scene) => await rename(folderOf(scene), join(scene.root, 'bundles', '20990101T000000Z-00000000')),
    'bundle_missing',
  ],
])('a bundle is refused when %s', async ([, harm, code]) => {
  await using scene = await restoreScene();
  await harm(scene);
  const request = { bundle: scene.bundle.id, accepted: { unverified: 'even so' } };
  await expect(scene.restore({ request })).rejects.toMatchObject({ code });
  await expectUntouched(scene);
});

test('a bundle under the name of another is refused, on a target and as a path', async () => {
  await using scene = await restoreScene();
  const other = '20990101T000000Z-00000000';
  const renamed = join(scene.root, 'bundles', other);
  await rename(folderOf(scene), renamed);
  for (const bundle of [other, renamed])
    await expect(scene.restore({ request: { bundle } })).rejects.toMatchObject({ code: 'bundle_renamed', exitCode: 3 });
  await expectUntouched(scene);
});

async function flipBit(scene: RestoreScene): Promise<void> {
  const content = await readFile(dumpOf(scene));
  content.writeUInt8(content.readUInt8(200) ^ 4, 200);
  await writeFile(dumpOf(scene), content);
}

async function tamper(scene: RestoreScene): Promise<void> {
  for (const name of ['bundle.json', 'bundle.json.copy']) {
    const path = join(folderOf(scene), name);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"rows": 20', '"rows": 21'));
  }
}

test('a server without room, of an older major, or without the rights is refused before anything is begun', async () => {
  await using scene = await restoreScene();
  await expect(scene.restore({ context: { freeBytes: async () => await Promise.resolve(1) } })).rejects.toMatchObject({
    code: 'reload_no_space',
    exitCode: 3,
  });
  const weak = {
    owner: scene.databases.urls('app'),
    app: scene.databases.urls('app'),
    readonly: scene.databases.urls('app'),
  };
  await expect(scene.restore({ context: { urls: weak } })).rejects.toMatchObject({
    code: 'reload_rights_missing',
    hint: expect.stringContaining('alter role "plimsoll_app" createdb; alter database') as string,
  });
  await expectUntouched(scene);
});

test('a bundle of a newer major of Postgres than the server is refused', async () => {
  await using scene = await restoreScene({ verified: true });
  const { refusals } = await previewRestore(scene.context(), scene.request());
  expect(refusals).toEqual([]);
  const databases = scene.bundle.databases.map((one) => Object.assign({}, one, { serverVersion: 990_000 }));
  await using later = await restoreScene({ change: { databases } });
  expect((await previewRestore(later.context(), later.request())).refusals.map(({ code }) => code)).toContain(
    'reload_server_older',
  );
});

test('managers whose gate cannot be closed are refused by name; once they are stopped it goes on', async () => {
  await using scene = await restoreScene();
  await scene.databases.config.query('owner', 'alter table settings rename to settings_gone');
  const manager = await connect({
    name: 'jobs',
    url: scene.databases.jobs.urls.app,
    applicationName: 'plimsoll manager',
    connectTimeoutMs: 5000,
  });
  await expect(scene.restore()).rejects.toMatchObject({
    code: 'restore_managers_running',
    message: expect.stringContaining('plimsoll manager (plimsoll_app) to ') as string,
  });
  expect(await scene.sideDatabases()).toEqual([]);
  await disconnect(manager);
  expect((await scene.restore()).journal.state).toBe('done');
});

test('the sessions of others are ended with the exchange, and one of a superuser that cannot be is named', async () => {
  await using scene = await restoreScene();
  const url = serverUrl('superuser', scene.databases.jobs.databaseName);
  const session = { name: 'jobs', applicationName: 'somebody', connectTimeoutMs: 5000 };
  const app = await connect({ ...session, url: scene.databases.jobs.urls.app });
  const superuser = await connect({ ...session, applicationName: 'the boss', url });
  await expect(scene.restore()).rejects.toMatchObject({
    code: 'restore_sessions_remain',
    message: expect.stringMatching(/: pid \d+, the boss \(postgres\) on \w+_jobs$/) as string,
  });
  await expect(app.query('select 1')).rejects.toThrow();
  expect(await scene.counts()).toEqual({ users: 5, scanners: 20, scans: 1, results: 11 });
  await disconnect(superuser);
  expect((await resumeRestore(scene.context(), scene.request())).journal.state).toBe('done');
});

test('what is not confirmed changes nothing', async () => {
  await using scene = await restoreScene();
  const confirm = async () => await Promise.resolve(false);
  await expect(scene.restore({ request: { confirm } })).rejects.toMatchObject({ code: 'restore_not_confirmed' });
  await expectUntouched(scene);
});

test('a load that fails half-way is undone by itself: the gate opens on the databases of before', async () => {
  await using scene = await restoreScene();
  let begun = false;
  const load = async (): Promise<void> => {
    begun = true;
    await Promise.reject(new Error('the cable was pulled'));
  };
  const engines = { ...scene.request().engines, load };
  await expect(scene.restore({ request: { engines } })).rejects.toThrow('the cable was pulled');
  expect(begun).toBe(true);
  await expectUntouched(scene);
});

test('a downloaded bundle is restored from its folder or its tar; a tar that is cut off or none is refused', async () => {
  await using scene = await restoreScene();
  const elsewhere = join(scene.root, '..', scene.bundle.id);
  await cp(folderOf(scene), elsewhere, { recursive: true });
  const tar = join(scene.root, '..', `${scene.bundle.id}.tar`);
  const plan = planDownload(scene.bundle);
  const chunks: Buffer[] = [];
  for await (const chunk of openDownload(scene.target, scene.bundle.id, plan)) chunks.push(chunk as Buffer);
  await writeFile(tar, Buffer.concat(chunks));
  await writeFile(`${tar}.cut.tar`, Buffer.concat(chunks).subarray(0, 5000));
  await writeFile(`${tar}.text.tar`, 'x'.repeat(5000));
  for (const bundle of [elsewhere, tar]) {
    const { preview, refusals } = await previewRestore(scene.context(), scene.request({ bundle }));
    expect(refusals).toEqual([]);
    expect(preview.bundle).toMatchObject({ id: scene.bundle.id, from: bundle });
  }
  for (const bundle of [`${tar}.cut.tar`, `${tar}.text.tar`, join(scene.root, 'nowhere')])
    await expect(previewRestore(scene.context(), scene.request({ bundle }))).rejects.toMatchObject({
      code: 'restore_bundle_damaged',
      message: expect.stringContaining(basename(bundle)) as string,
    });
  expect((await scene.restore({ request: { bundle: tar } })).journal.bundleFrom).toBe(tar);
});

test('a server that is away is an error of its own, not a refusal', async () => {
  await using scene = await restoreScene();
  const nowhere = new Secret('postgres://nobody@127.0.0.1:1/config');
  const urls = { config: nowhere, results: nowhere, jobs: nowhere };
  await expect(scene.restore({ context: { urls: { owner: urls, app: urls, readonly: urls } } })).rejects.toMatchObject({
    code: 'database_unreachable',
    exitCode: 1,
  });
  expect(await queryServer('select 1 as one')).toEqual([{ one: 1 }]);
});

import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { queryServer, testTarget } from '../../../test/testkit/index.ts';
import { restoreScene, rightsIn } from '../../../test/testkit/restore-scene.ts';
import { takeBundle } from '../../../test/testkit/take-bundle.ts';
import { databaseNames } from '../../contract/index.ts';
import { forgetRestores, previewRestore, undoRestore } from './restore.ts';

test('a restore brings back exactly what the snapshot held, keeps what it replaced, and opens the gate', async () => {
  await using scene = await restoreScene();
  await scene.changeThings();
  const report = await scene.restore();
  const mustEnrol = { count: 1, names: ['a late one'] };
  expect(report).toMatchObject({
    pending: [],
    journal: { state: 'done', bundleId: scene.bundle.id, epoch: 1, mustEnrol },
  });
  expect(await scene.counts()).toEqual({ users: 5, scanners: 20, scans: 1, results: 11 });
  const { before } = report.journal.databases.config;
  expect(await scene.countIn(before, 'select count(*)::integer as n from users')).toBe(6);
  const [gate] = await scene.databases.config.query('app', "select from settings where key = 'deployment.maintenance'");
  expect(gate).toBeUndefined();
  const settings = await scene.databases.config.query(
    'app',
    "select key, value from settings where key in ('fleet.epoch', 'deployment.id') order by key",
  );
  expect(settings).toEqual([
    { key: 'deployment.id', value: scene.deploymentId },
    { key: 'fleet.epoch', value: 1 },
  ]);
  const leases = await scene.databases.jobs.query('app', 'select distinct epoch from leases where ended_at is null');
  expect(leases).toEqual([{ epoch: -1 }]);
  const [event] = await scene.databases.config.query(
    'app',
    "select actor, subject, details ->> 'restore' as restore from audit_events where action = 'backup.restored'",
  );
  expect(event).toEqual({ actor: 'ada', subject: scene.bundle.id, restore: report.journal.id });
});

test('every role has the rights in the restored databases that it has in a fresh deployment, and nobody else has any', async () => {
  await using scene = await restoreScene();
  const fresh = await Promise.all(databaseNames.map(async (name) => await rightsIn(scene.databases[name])));
  await scene.restore();
  const restored = await Promise.all(databaseNames.map(async (name) => await rightsIn(scene.databases[name])));
  expect(restored).toEqual(fresh);
  await expect(scene.databases.config.query('app', 'create table more (id int)')).rejects.toThrow('permission denied');
});

test('what preflight has recorded is read by the manager after a restore as before it', async () => {
  await using scene = await restoreScene();
  const { databases, target, deploymentId } = scene;
  await databases.config.query('owner', 'create table plimsoll.preflight_run (run_id uuid)');
  await databases.config.query('owner', 'grant select on plimsoll.preflight_run to public');
  const { id } = await takeBundle({ urls: databases.urls('readonly'), target, change: { deploymentId } });
  await scene.restore({ request: { bundle: id, accepted: { unverified: 'it was taken just now' } } });
  expect(await databases.config.query('app', 'select * from plimsoll.preflight_run')).toEqual([]);
});

test('the database itself is as the old one was: language, limit, settings, who may connect', async () => {
  await using scene = await restoreScene();
  const { databaseName } = scene.databases.config;
  await queryServer(`alter database ${databaseName} connection limit 77`);
  await queryServer(`alter database ${databaseName} set work_mem to '7MB'`);
  await queryServer(`alter database ${databaseName} set search_path to "$user", public`);
  await queryServer(`revoke all on database ${databaseName} from public`);
  await queryServer(`grant connect on database ${databaseName} to plimsoll_app, plimsoll_readonly`);
  const shape = async () =>
    await queryServer(
      `select to_jsonb(d) - '{oid,datname,datfrozenxid,datminmxid,datlastsysoid,datcollversion,datacl}'::text[] as row,
              (select array_agg(format('%s %s', a.grantee::regrole, a.privilege_type) order by 1) from aclexplode(datacl) a) as acl,
              (select setconfig from pg_db_role_setting where setdatabase = d.oid) as settings
         from pg_database d where datname = $1`,
      [databaseName],
    );
  const before = await shape();
  expect(before[0]).toMatchObject({ settings: ['work_mem=7MB', 'search_path="$user", public'] });
  await scene.restore();
  expect(await shape()).toEqual(before);
});

test('swapping back brings the changed things back, fences what was leased meanwhile, and can be forgotten', async () => {
  await using scene = await restoreScene();
  await scene.changeThings();
  const { journal } = await scene.restore();
  await scene.databases.config.query(
    'owner',
    "insert into users (username, password_hash, role) values ('later', 'x', 'user')",
  );
  const back = await undoRestore(scene.context());
  expect(back.journal).toMatchObject({ state: 'returned', epochBack: 2 });
  expect(await scene.counts()).toEqual({ users: 6, scanners: 21, scans: 2, results: 12 });
  const [epoch] = await scene.databases.config.query('app', "select value from settings where key = 'fleet.epoch'");
  expect(epoch).toEqual({ value: 2 });
  expect(await scene.gateIsOpen()).toBe(true);
  const { undone } = journal.databases.config;
  expect(await scene.countIn(undone, "select count(*)::integer as n from users where username = 'later'")).toBe(1);
  expect(await forgetRestores(scene.context())).toMatchObject([{ journal: { state: 'forgotten' } }]);
  expect(await scene.sideDatabases()).toEqual([]);
  expect(await scene.counts()).toEqual({ users: 6, scanners: 21, scans: 2, results: 12 });
});

test('forgetting drops the old databases, after which there is no way back', async () => {
  await using scene = await restoreScene();
  await scene.restore();
  expect(await scene.sideDatabases()).toHaveLength(3);
  await forgetRestores(scene.context());
  expect(await scene.sideDatabases()).toEqual([]);
  await expect(undoRestore(scene.context())).rejects.toMatchObject({ code: 'restore_nothing_to_do' });
});

test('the preview tells what would be lost, how the versions stand and which image fits, and changes nothing', async () => {
  await using scene = await restoreScene();
  await scene.changeThings();
  const { preview, refusals } = await previewRestore(scene.context(), scene.request());
  expect(refusals).toEqual([]);
  expect(preview).toMatchObject({
    bundle: { id: scene.bundle.id, from: 'local', state: 'verified', encrypted: false, ofThisDeployment: true },
    fit: 'this_release',
    fits: 'this release, 1.0.0, runs on it as it is',
    scannerNames: ['a late one'],
  });
  expect(Object.fromEntries(preview.losses.map(({ code, count }) => [code, count]))).toEqual({
    scanners_enrolled: 1,
    users_created: 1,
    leases_held: 3,
    scans_requested: 1,
    jobs_ended: 1,
    results_recorded: 1,
  });
  expect(preview.databases.map(({ name, inBundle, now, fit, error }) => [name, inBundle === now, fit, error])).toEqual(
    databaseNames.map((name) => [name, true, 'this_release', null]),
  );
  expect(await scene.gateIsOpen()).toBe(true);
  expect(await scene.sideDatabases()).toEqual([]);
  expect(await readdir(scene.root)).not.toContain('restores');
});

test.for<['dropped' | 'corrupt' | 'closed', string]>([
  ['dropped', 'database_missing'],
  ['corrupt', ''],
  ['closed', 'database_not_accepting'],
])('a live database that is %s never blocks a restore: the preview says so for its part', async ([how, code]) => {
  await using scene = await restoreScene();
  const { databaseName } = scene.databases.config;
  if (how === 'dropped') await queryServer(`drop database ${databaseName} with (force)`);
  if (how === 'closed') await queryServer(`alter database ${databaseName} allow_connections false`);
  if (how === 'corrupt')
    await scene.databases.config.query('superuser', 'drop schema public cascade; drop schema plimsoll cascade');
  const { preview, refusals } = await previewRestore(scene.context(), scene.request());
  expect(refusals).toEqual([]);
  expect(preview.databases[0]?.error?.code ?? '').toBe(code);
  expect(preview.losses.find(({ code: loss }) => loss === 'users_created')?.count).toBeNull();
  expect(preview.losses.find(({ code: loss }) => loss === 'scans_requested')?.count).toBe(0);
  const report = await scene.restore();
  expect(report.journal.state).toBe('done');
  expect(await scene.counts()).toEqual({ users: 5, scanners: 20, scans: 1, results: 11 });
  await undoRestore(scene.context());
  if (how === 'dropped') expect(await scene.sideDatabases()).toHaveLength(3);
});

test('a bundle of an older schema is restored, and the migrator is told to be next', async () => {
  await using scene = await restoreScene();
  const newer = { ...scene.manifest, databases: { ...scene.manifest.databases, jobs: { schemaVersion: 99 } } };
  const report = await scene.restore({ context: { manifest: newer } });
  expect(report.pending).toEqual(['jobs']);
  expect(report.journal.state).toBe('done');
});

test('a bundle is found by its id, as the latest, or by the path of the folder that was downloaded', async () => {
  await using scene = await restoreScene();
  for (const bundle of [scene.bundle.id, 'latest', `${testTarget(scene.root).location}/bundles/${scene.bundle.id}`]) {
    const { preview } = await previewRestore(scene.context(), scene.request({ bundle }));
    expect(preview.bundle.id).toBe(scene.bundle.id);
  }
});

import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import { databaseNames } from '../../src/contract/index.ts';
import {
  deploy,
  findUnfinished,
  openDeployJournals,
  planDeploy,
  planRollback,
  readStanding,
  resume,
  rollBack,
  type DeployContext,
  type DeployOutcome,
} from '../../src/release/index.ts';
import { createTestDatabases, scratchFolder, waitFor } from '../testkit/index.ts';
import { createTestBackupService, serviceToken } from '../testkit/test-backup-service.ts';
import { nextRelease, thisRelease, type FolderImage } from '../release/images.ts';
import { processHost } from '../release/process-host.ts';

const expand = 'create table follows (id integer primary key);\n';
const contract = (version: number): string => `-- plimsoll: oldest-compatible=${version}\n${expand}`;

/** This release at work with one manager, one that expands its schema, and one that contracts it. */
async function setup() {
  const things = new AsyncDisposableStack();
  const scratch = things.use(await scratchFolder());
  const databases = things.use(await createTestDatabases({ migrated: true }));
  const now = await thisRelease();
  const { databases: at } = now.manifest;
  const migrations = Object.fromEntries(databaseNames.map((name) => [name, expand]));
  const next = nextRelease(scratch.path, now, { version: '1.1.0', migrations, window: { min: 2, max: 2 } });
  const jobs = contract(at.jobs.schemaVersion + 1);
  const last = nextRelease(scratch.path, now, { version: '1.2.0', migrations: { jobs } });
  const elsewhere = nextRelease(scratch.path, now, { version: '1.0.5', from: '>=1.0.4' });
  const host = things.use(processHost(databases, [now, next, last, elsewhere], scratch.path));
  const folder = join(scratch.path, 'backups');
  const backup = things.use(await createTestBackupService({ urls: databases.urls('readonly'), folder }));
  const url = await backup.service.app.listen({ host: '127.0.0.1', port: 0 });
  const startBackup = (): void => {
    host.backup = { url, token: serviceToken };
  };
  startBackup();
  await host.setImage(now);
  await host.startManager(now);
  await waitFor(async () => (await host.readInstalled()).managers.every(({ ready }) => ready), {
    what: 'the manager',
  });
  host.done.length = 0;
  const lines: string[] = [];
  const context: DeployContext = {
    host,
    journals: openDeployJournals(join(scratch.path, 'deployments')),
    clock: systemClock,
    by: 'kim',
    machine: hostname(),
    patience: { readyMs: 60_000, settledMs: 100, postureMs: 60_000, pollMs: 50 },
    signal: new AbortController().signal,
    report: (line) => lines.push(line),
  };
  const begin = async ({ reference }: FolderImage, patience = context.patience): Promise<DeployOutcome> => {
    const terms = { ...context, patience };
    return await deploy(terms, await planDeploy(terms, { reference, acknowledge: undefined, strict: false }));
  };
  return {
    databases,
    host,
    context,
    lines,
    releases: { now, next, last, elsewhere },
    begin,
    startBackup,
    goOn: async () => await resume(context, await findUnfinished(context)),
    goBack: async () => await rollBack(context, await planRollback(context)),
    /** What is true, as it is told. */
    standing: async ({ journal }: DeployOutcome) => {
      const { databases: schemas, managers, reference, waysOut } = await readStanding(context, journal);
      return {
        schemas: schemas.map((text) => text.slice(text.lastIndexOf(': ') + 2)),
        managers: managers.map(({ version, total, ready }) => `${version} ${ready}/${total}`),
        reference,
        ways: waysOut.map(({ way }) => way),
      };
    },
    [Symbol.asyncDispose]: async () => await things.disposeAsync(),
  };
}

const allOf = (version: string, count: number) => ({
  managers: [`${version} ${count}/${count}`],
  reference: `plimsoll:${version}`,
});
const ok = ['ok', 'ok', 'ok'];
const behind = ['behind', 'behind', 'behind'];

test('each step that fails leaves what it says it leaves, and the command it names gets out of it', async () => {
  await using stack = await setup();
  const { host, begin, goOn, goBack, standing, startBackup, releases, databases } = stack;
  const { now, next, elsewhere } = releases;
  const well = { schemas: behind, ...allOf(now.version, 1) };

  // The preflight fails: this release is not one that 1.0.5 may follow. Nothing is to be done about it.
  const judged = await begin(elsewhere);
  expect(judged.error).toMatchObject({ code: 'deploy_preflight_failed', exitCode: 3 });
  expect(judged.error?.message).toContain('can be installed from >=1.0.4 only');
  expect(await standing(judged)).toEqual({ ...well, schemas: ok, ways: ['go_on', 'leave'] });

  // No backup service: another deployment takes the place of the one that changed nothing, and comes no further.
  host.backup = null;
  const unsaved = await begin(next);
  expect(unsaved.error).toMatchObject({ code: 'deploy_backup_failed', exitCode: 1 });
  expect(await standing(unsaved)).toEqual({ ...well, ways: ['go_on', 'leave'] });
  expect((await stack.context.journals.list()).map(({ state }) => state)).toEqual(['saving', 'abandoned']);

  // The migration fails half-way; what is applied stays, the managers work on, and another deployment has to wait.
  startBackup();
  await databases.results.query('owner', 'create table follows ()');
  const halfway = await goOn();
  expect(halfway.error).toMatchObject({ code: 'deploy_migration_failed', exitCode: 1 });
  expect(halfway.error?.message).toContain('results: ');
  expect(await standing(halfway)).toEqual({
    schemas: ['ok', 'behind', 'ok'],
    managers: ['1.0.0 1/1'],
    reference: 'plimsoll:1.1.0',
    ways: ['go_on', 'go_back'],
  });
  await expect(begin(elsewhere)).rejects.toMatchObject({ code: 'deploy_unfinished', exitCode: 3 });
  expect(halfway.journal.bundleId).not.toBeNull();

  // Back from there costs nothing: no manager was touched.
  host.done.length = 0;
  const back = await goBack();
  expect(back).toMatchObject({ error: null, journal: { kind: 'rollback', state: 'done' } });
  expect(host.done.filter((line) => /^st(art|op) /.test(line))).toEqual([]);
  expect(await standing(back)).toMatchObject({ ...allOf(now.version, 1), schemas: ['ahead', 'ok', 'ahead'], ways: [] });
  await expect(goBack()).rejects.toMatchObject({ code: 'deploy_nothing_to_roll_back' });

  // A manager that never gets ready is taken away, and those of before are left.
  await databases.results.query('owner', 'drop table follows');
  next.environment = { JOBS_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere' };
  const unready = await begin(next, { ...stack.context.patience, readyMs: 1500 });
  expect(unready.error).toMatchObject({ code: 'deploy_manager_not_ready', exitCode: 1 });
  expect(unready.error?.message).toMatch(/cannot be read|ECONNREFUSED/);
  expect(await standing(unready)).toEqual({
    schemas: ok,
    managers: ['1.0.0 1/1'],
    reference: 'plimsoll:1.1.0',
    ways: ['go_on', 'go_back'],
  });

  // The other services do not follow, then the posture cannot be told; each is gone on from.
  next.environment = {};
  host.broken = 'startOthers';
  const unsettled = await goOn();
  expect(unsettled.error).toMatchObject({ code: 'deploy_host_failed' });
  expect(await standing(unsettled)).toEqual({ schemas: ok, ...allOf(next.version, 1), ways: ['go_on', 'go_back'] });
  host.broken = null;
  host.backup = null;
  const unsure = await resume(
    { ...stack.context, patience: { readyMs: 1000, settledMs: 0, postureMs: 100, pollMs: 50 } },
    unsettled.journal,
  );
  expect(unsure.error).toMatchObject({ code: 'deploy_posture_bad' });
  expect(unsure.error?.message).toContain('the posture is unknown');
  startBackup();
  const done = await goOn();
  expect(done).toMatchObject({ error: null, journal: { state: 'done', notes: [], by: 'kim' } });
  expect(await standing(done)).toEqual({ schemas: ok, ...allOf(next.version, 1), ways: [] });
  await expect(goOn()).rejects.toMatchObject({ code: 'deploy_nothing_to_resume' });
  await expect(begin(next)).rejects.toMatchObject({ code: 'deploy_already_there' });

  // Its migrations let the release before run: back without a restore.
  const again = await goBack();
  expect(again).toMatchObject({ error: null, journal: { kind: 'rollback', state: 'done' } });
  expect(await standing(again)).toMatchObject({ ...allOf(now.version, 1), schemas: ['ahead', 'ahead', 'ahead'] });
});

test('a manager is replaced before it is stopped, and after a contract migration the way back is the restore that is named', async () => {
  await using stack = await setup();
  const { host, begin, goBack, standing, releases } = stack;
  const contracted = await begin(releases.last);
  expect(contracted).toMatchObject({ error: null, journal: { state: 'done', pinned: true } });
  const replaced = ['start 1.2.0', 'stop 1.0.0', 'others 1.2.0'];
  expect(host.done.filter((line) => /^(start|stop|others) /.test(line))).toEqual(replaced);
  expect(await standing(contracted)).toEqual({ schemas: ok, ...allOf('1.2.0', 1), ways: [] });

  const entries = await stack.databases.config.query(
    'app',
    "select who, headline, app_version, image_sha, changes from posture_changes where kind = 'deployment'",
  );
  const { bundleId } = contracted.journal;
  expect(entries).toEqual([
    {
      who: 'kim',
      headline: 'deployed 1.2.0 in place of 1.0.0',
      app_version: '1.2.0',
      image_sha: releases.last.commit,
      changes: [{ bundleId }],
    },
  ]);

  host.done.length = 0;
  const refused = goBack();
  await expect(refused).rejects.toMatchObject({ code: 'rollback_needs_restore', exitCode: 3 });
  await expect(refused).rejects.toThrow(/1\.0\.0 no longer runs on the databases: jobs is at \d+, it was made for \d+/);
  await expect(refused).rejects.toMatchObject({
    hint: expect.stringContaining(`\`on plimsoll:1.0.0: backup restore ${bundleId}\``) as string,
  });
  expect(host.done).toEqual(['1.0.0: migrator status --json']);
  expect(await standing(contracted)).toEqual({ schemas: ok, ...allOf('1.2.0', 1), ways: [] });
});

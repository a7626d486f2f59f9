import { once } from 'node:events';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import {
  createTestDatabases,
  hangingServer,
  manualClock,
  queryServer,
  startPostgresProxy,
  waitFor,
  type DatabaseTemplate,
  type TestDatabases,
} from '../../test/testkit/index.ts';
import {
  Secret,
  silentLog,
  systemClock,
  systemSchedule,
  withDeadline,
  type Clock,
  type Schedule,
} from '../base/index.ts';
import { databaseNames, releasePostureSchema, type DatabaseName, type ReleasePosture } from '../contract/index.ts';
import { notConfigured } from '../backups/client/answers.ts';
import { createGate } from '../gate/index.ts';
import { readManifest } from '../manifest/index.ts';
import { readDefinitions, runMigrator } from '../migrator/index.ts';
import { insertRowSql } from '../migrator/records.ts';
import { tryLockSql } from '../migrator/lock.ts';
import { connect } from '../postgres/index.ts';
import { recordPreflight, runPreflight } from '../preflight/index.ts';
import { backupFacts, bundle as provenBundle } from './fixtures/facts.ts';
import type { LastKnown } from './last-known.ts';
import { createPosture } from './snapshot.ts';
import type { PostureView } from './types.ts';

const manifest = await readManifest('release.json');
const definitions = await readDefinitions('migrations');
const required = (name: DatabaseName): number => manifest.databases[name].schemaVersion;
const migratorCommand = 'npx plimsoll migrator';
/** Who writes the ledger rows that no migrator would. */
const actor = {
  operator: 'ada',
  appVersion: '1.0.0',
  imageSha: 'abc123',
  runId: '00000000-0000-4000-8000-000000000001',
};

const migrate = async (databases: TestDatabases, to?: number) =>
  await runMigrator({
    urls: databases.urls('owner'),
    manifest,
    migrationsDir: 'migrations',
    operator: 'ada',
    imageSha: 'abc123',
    to,
  });
const migrated: DatabaseTemplate = {
  name: 'posture',
  fill: async (databases) => {
    await migrate(databases);
  },
};
/** All of the config database but its newest migration. */
const behind: DatabaseTemplate = {
  name: 'posture_behind',
  fill: async (databases) => {
    await migrate(databases, required('config') - 1);
  },
};

interface SetupOptions {
  readonly urls?: (databases: TestDatabases) => Partial<Record<DatabaseName, Secret>>;
  readonly backupUrl?: string;
  /** Default: long, for a busy machine; the product's own second where the deadline is what is tested. */
  readonly readDeadlineMs?: number;
  readonly template?: DatabaseTemplate;
  readonly schedule?: Schedule;
  readonly clock?: Clock;
}

async function setup({
  urls = () => ({}),
  backupUrl,
  readDeadlineMs = 10_000,
  template = migrated,
  schedule = systemSchedule,
  clock = systemClock,
}: SetupOptions = {}) {
  const databases = await createTestDatabases({ template });
  const dataDir = await mkdtemp(join(tmpdir(), 'plimsoll-posture-'));
  const all = { ...databases.urls('app'), ...urls(databases) };
  const open = (change: Partial<Record<DatabaseName, Secret>> = {}) => {
    const gate = createGate({ manifest, clock: systemClock, migratorCommand });
    const posture = createPosture({
      manifest,
      definitions,
      urls: { ...all, ...change },
      backup: { url: backupUrl, token: undefined },
      dataDir,
      imageSha: 'abc123',
      gate,
      clock,
      log: silentLog,
      migratorCommand,
      readDeadlineMs,
      schedule,
    });
    return { gate, posture };
  };
  const opened = open();
  return {
    ...opened,
    databases,
    dataDir,
    /** Another process on the same databases and data folder. */
    reopen: open,
    read: async () => checked(await opened.posture.refresh()),
    [Symbol.asyncDispose]: async () => {
      await opened.posture.stop();
      await databases[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What is sent, held against the contract: nothing missing, nothing beside it. */
function checked(view: PostureView): ReleasePosture {
  const sent: unknown = JSON.parse(view.json);
  const posture = releasePostureSchema.parse(sent);
  expect(posture).toEqual(sent);
  expect(posture.databases.map(({ name, required }) => [name, required])).toEqual(
    databaseNames.map((name) => [name, required(name)]),
  );
  return posture;
}

function find(posture: ReleasePosture, name: DatabaseName) {
  const database = posture.databases.find((candidate) => candidate.name === name);
  if (database === undefined) throw new Error(`${name} is not in the posture`);
  return database;
}

const statuses = (posture: ReleasePosture) => posture.databases.map(({ status }) => status);
const reasons = (posture: ReleasePosture) => posture.verdict.reasons.map(({ code, part }) => `${code} ${part}`);
const closedCodes = (posture: ReleasePosture) =>
  posture.gate.closedParts.map(({ part, database, code }) => `${part} ${database} ${code}`);
/** What a fresh deployment without a backup service is always told. */
const freshReasons = ['backup_not_configured backup', 'preflight_missing preflight'];

/** Edits a ledger, which its triggers forbid to everybody else. */
async function editLedger(databases: TestDatabases, name: DatabaseName, sql: string): Promise<void> {
  await databases[name].query('superuser', `set session_replication_role = replica; ${sql}`);
}

async function addMigration(databases: TestDatabases, version: number, oldestCompatible: number): Promise<void> {
  const definition = { database: 'jobs', version, name: 'of_the_future', checksum: 'f'.repeat(64) } as const;
  const row = { ...definition, transactional: true, oldestCompatible, sql: '', path: '' };
  await databases.jobs.query('owner', insertRowSql(actor, row, 'finished'));
}

const forget = (version: number) => `delete from plimsoll.schema_migration where version = ${version}`;

test('before anything was read the whole shape is there, all of it unknown, and the gate is closed', async () => {
  await using deployment = await setup();
  const posture = checked(deployment.posture.current());
  expect(statuses(posture)).toEqual(['unknown', 'unknown', 'unknown']);
  expect(posture.databases[0]).toEqual({
    name: 'config',
    status: 'unknown',
    current: null,
    required: required('config'),
    pending: [],
    problems: [],
    migrating: false,
    aheadAllowed: null,
    error: { code: 'not_read_yet', message: 'not read yet' },
    readAt: null,
    lastKnown: null,
  });
  expect(posture.migrations).toEqual([]);
  expect(posture.lastBackup).toMatchObject({ status: 'unavailable', error: { code: 'not_read_yet' } });
  expect(posture.scanners).toMatchObject({ status: 'unknown', window: manifest.scannerProtocol });
  expect(posture.preflightReading).toMatchObject({ status: 'unknown', error: { code: 'not_read_yet' } });
  expect(posture.verdict.headline).toBe('Stopped: the gate stays closed until the databases have been read.');
  expect(deployment.gate.isOpen('product')).toBe(false);
});

test('all ok: every part is read, the gate is open, and the verdict is that it runs well', async () => {
  await using deployment = await setup();
  const posture = await deployment.read();
  expect(posture.app).toEqual({
    version: manifest.appVersion,
    imageSha: 'abc123',
    startedAt: expect.any(String) as string,
    migratorCommand,
  });
  for (const name of databaseNames)
    expect(find(posture, name)).toEqual({
      name,
      status: 'ok',
      current: required(name),
      required: required(name),
      pending: [],
      problems: [],
      migrating: false,
      aheadAllowed: null,
      error: null,
      readAt: expect.any(String) as string,
      lastKnown: null,
    });
  expect(posture.gate).toEqual({ open: true, closedParts: [] });
  expect(posture.scanners).toMatchObject({ status: 'ok', total: 0, groups: [], error: null });
  expect(posture.preflight).toBeNull();
  expect(posture.preflightReading).toMatchObject({ status: 'none', error: null });
  expect(posture.lastBackup).toMatchObject({ status: 'unavailable', error: { code: 'backup_not_configured' } });
  expect(posture.verdict.status).toBe('ok');
  expect(reasons(posture)).toEqual(freshReasons);
});

test('the history has every applied migration, newest first, with who, when, how long and which build', async () => {
  await using deployment = await setup();
  const { migrations } = await deployment.read();
  expect(migrations).toHaveLength(databaseNames.reduce((sum, name) => sum + definitions[name].length, 0));
  expect(migrations.map(({ appliedAt }) => appliedAt)).toEqual(
    migrations.map(({ appliedAt }) => appliedAt).sort((left, right) => right.localeCompare(left)),
  );
  const newest = migrations.find(({ database }) => database === 'config');
  expect(newest).toEqual({
    database: 'config',
    version: required('config'),
    name: definitions.config.at(-1)?.name,
    appliedAt: expect.any(String) as string,
    appliedBy: 'ada',
    appliedBySource: 'operator',
    durationMs: expect.any(Number) as number,
    appVersion: '1.0.0',
    imageSha: 'abc123',
    runId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
});

test('the history of a database holds at most twenty migrations and none that was interrupted', async () => {
  await using deployment = await setup();
  const first = manifest.databases.jobs.schemaVersion + 1;
  for (let version = first; version <= 25; version += 1) await addMigration(deployment.databases, version, 0);
  await editLedger(
    deployment.databases,
    'jobs',
    'update plimsoll.schema_migration set finished_at = null where version = 25',
  );
  const { migrations } = await deployment.read();
  const versions = migrations.filter(({ database }) => database === 'jobs').map(({ version }) => version);
  expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => 24 - index));
});

test('one behind: pending is listed, the gate is closed with the command, and the migrator opens it again', async () => {
  await using deployment = await setup({ template: behind });
  const newest = definitions.config.at(-1);
  const posture = await deployment.read();
  expect(statuses(posture)).toEqual(['behind', 'ok', 'ok']);
  expect(find(posture, 'config')).toMatchObject({
    current: required('config') - 1,
    pending: [{ version: newest?.version, name: newest?.name }],
    problems: [],
    error: null,
  });
  expect(closedCodes(posture)).toEqual(['product config schema_behind', 'leases config schema_behind']);
  expect(posture.verdict.status).toBe('stopped');
  expect(posture.verdict.reasons[0]).toEqual({
    code: 'schema_behind',
    severity: 'block',
    part: 'config',
    message: `config is at schema ${required('config') - 1}, this release needs ${required('config')}`,
    remedy: migratorCommand,
  });
  if (newest !== undefined) await deployment.databases.config.query('owner', insertRowSql(actor, newest, 'finished'));
  expect((await deployment.read()).gate).toEqual({ open: true, closedParts: [] });
});

const closeForRestore = `insert into settings (key, value, updated_by) values ('deployment.maintenance',
  '{"kind":"restore","id":"r1","message":"a backup is being restored","since":"2026-11-22T17:00:00.000Z","by":"ada"}', 'ada')`;

test('a record of maintenance closes the gate of every manager, also while config cannot be read, until it is gone', async () => {
  await using deployment = await setup();
  await using proxy = await startPostgresProxy(deployment.databases.config.urls.app);
  const { posture } = deployment.reopen({ config: proxy.urlThrough(deployment.databases.config.urls.app) });
  await deployment.databases.config.query('owner', closeForRestore);
  const closed = checked(await posture.refresh());
  expect(closedCodes(closed)).toEqual(['product config maintenance', 'leases config maintenance']);
  expect(closed.verdict.headline).toBe('Stopped, the gate is closed: a backup is being restored.');
  expect(closed.verdict.reasons[0]).toMatchObject({ code: 'maintenance', part: 'deployment' });
  await proxy.stop();
  expect(closedCodes(checked(await posture.refresh()))).toContain('product config maintenance');
  await proxy.start();
  await deployment.databases.config.query('owner', "delete from settings where key = 'deployment.maintenance'");
  expect(checked(await posture.refresh()).gate).toEqual({ open: true, closedParts: [] });
  await posture.stop();
});

test('a record of maintenance that this release cannot understand closes the gate all the same', async () => {
  await using deployment = await setup();
  await deployment.databases.config.query(
    'owner',
    `insert into settings (key, value, updated_by) values ('deployment.maintenance', '"what is this"', 'a newer release')`,
  );
  const posture = await deployment.read();
  expect(posture.gate.closedParts[0]).toMatchObject({
    code: 'maintenance',
    message: 'this deployment is under maintenance',
  });
});

test('a database without a ledger is at version 0, hence behind and not unknown', async () => {
  const bare = await createTestDatabases();
  await using deployment = await setup({ urls: () => ({ jobs: bare.jobs.urls.app }) });
  const posture = await deployment.read();
  await bare[Symbol.asyncDispose]();
  expect(find(posture, 'jobs')).toMatchObject({ status: 'behind', current: 0, error: null, migrating: false });
  expect(reasons(posture)).toEqual(['schema_behind jobs', ...freshReasons]);
});

test('ahead and allowed: the gate stays open and the verdict calls it normal', async () => {
  await using deployment = await setup();
  await addMigration(deployment.databases, required('jobs') + 1, required('jobs'));
  const posture = await deployment.read();
  expect(find(posture, 'jobs')).toMatchObject({
    status: 'ahead',
    current: required('jobs') + 1,
    aheadAllowed: true,
    problems: [],
  });
  expect(posture.gate.open).toBe(true);
  expect(posture.verdict.status).toBe('ok');
  expect(reasons(posture)).toContain('schema_ahead_allowed jobs');
});

test('ahead and not allowed: the gate is closed', async () => {
  await using deployment = await setup();
  await addMigration(deployment.databases, required('jobs') + 1, required('jobs') + 1);
  const posture = await deployment.read();
  expect(find(posture, 'jobs')).toMatchObject({ status: 'ahead', aheadAllowed: false });
  expect(closedCodes(posture)).toEqual(['product jobs schema_ahead', 'leases jobs schema_ahead']);
  expect(posture.verdict.reasons[0]).toMatchObject({ code: 'schema_ahead', remedy: `${migratorCommand} history` });
});

test('one stopped: that one is unknown with its reason and last known value, the others are right', async () => {
  await using deployment = await setup();
  await using proxy = await startPostgresProxy(deployment.databases.jobs.urls.app);
  const { posture, gate } = deployment.reopen({ jobs: proxy.urlThrough(deployment.databases.jobs.urls.app) });
  const before = find(checked(await posture.refresh()), 'jobs');
  await proxy.stop();
  const stopped = checked(await posture.refresh());
  expect(statuses(stopped)).toEqual(['ok', 'ok', 'unknown']);
  expect(find(stopped, 'jobs')).toMatchObject({
    current: null,
    pending: [],
    error: { code: 'database_unreachable', message: expect.stringContaining('ECONNREFUSED') as string },
    readAt: before.readAt,
    lastKnown: { status: 'ok', current: required('jobs'), readAt: before.readAt },
  });
  expect(closedCodes(stopped)).toEqual(['product jobs schema_unknown', 'leases jobs schema_unknown']);
  expect(stopped.migrations.some(({ database }) => database === 'jobs')).toBe(false);
  expect(JSON.stringify(stopped)).not.toContain(new URL(deployment.databases.jobs.urls.app.reveal()).password);
  await proxy.start();
  expect(statuses(checked(await posture.refresh()))).toEqual(['ok', 'ok', 'ok']);
  expect(gate.isOpen('product')).toBe(true);
  await posture.stop();
});

test('all stopped: everything is unknown, nothing is behind, and the shape is whole', async () => {
  const nobody = new Secret('postgres://plimsoll_app:pw@127.0.0.1:1/config');
  await using deployment = await setup({ urls: () => ({ config: nobody, results: nobody, jobs: nobody }) });
  const posture = await deployment.read();
  expect(statuses(posture)).toEqual(['unknown', 'unknown', 'unknown']);
  expect(posture.scanners).toMatchObject({ status: 'unknown', error: { code: 'database_unreachable' } });
  expect(posture.preflightReading).toMatchObject({ status: 'unknown', error: { code: 'database_unreachable' } });
  expect(posture.verdict).toMatchObject({
    status: 'stopped',
    headline: 'Stopped, the gate is closed: config, results and jobs cannot be read.',
  });
  expect(reasons(posture)).toEqual([
    'schema_unknown config',
    'schema_unknown results',
    'schema_unknown jobs',
    'scanners_unknown scanners',
    'preflight_unknown preflight',
    'backup_not_configured backup',
  ]);
});

test('a ledger that may not be read is unknown for want of permission, and granting it is enough', async () => {
  await using deployment = await setup();
  await deployment.databases.results.query('owner', 'revoke select on plimsoll.schema_migration from public');
  const posture = await deployment.read();
  expect(find(posture, 'results')).toMatchObject({
    status: 'unknown',
    error: { code: 'database_permission_denied' },
  });
  expect(posture.verdict.reasons[0]).toMatchObject({
    code: 'schema_unknown',
    part: 'results',
    remedy: migratorCommand,
  });
  await deployment.databases.results.query('owner', 'grant select on plimsoll.schema_migration to public');
  expect(statuses(await deployment.read())).toEqual(['ok', 'ok', 'ok']);
});

test('one that accepts and never answers is asked twice and is a timeout then, and the others are right', async () => {
  await using hanging = await hangingServer();
  const url = new Secret(`postgres://plimsoll_app:pw@127.0.0.1:${hanging.port}/jobs`);
  await using deployment = await setup({ urls: () => ({ jobs: url }), readDeadlineMs: 1000 });
  const posture = await withDeadline(10_000, deployment.read);
  expect(statuses(posture)).toEqual(['ok', 'ok', 'unknown']);
  expect(find(posture, 'jobs').error?.code).toBe('database_timeout');
  await waitFor(() => hanging.connections === 0, { what: 'the hanging connection to be dropped' });
});

test('one that stops answering on a connection that was open is a timeout too, and recovers', async () => {
  await using deployment = await setup({ readDeadlineMs: 1000 });
  await using proxy = await startPostgresProxy(deployment.databases.config.urls.app);
  const { posture } = deployment.reopen({ config: proxy.urlThrough(deployment.databases.config.urls.app) });
  await posture.refresh();
  proxy.pause();
  const paused = checked(await withDeadline(10_000, async () => await posture.refresh()));
  expect(statuses(paused)).toEqual(['unknown', 'ok', 'ok']);
  expect(find(paused, 'config').error?.code).toBe('database_timeout');
  expect(paused.scanners.error?.code).toBe('database_timeout');
  proxy.resume();
  expect(statuses(checked(await posture.refresh()))).toEqual(['ok', 'ok', 'ok']);
  await posture.stop();
});

test('one that is silent for longer than the deadline once is asked again: nothing is unknown', async () => {
  await using deployment = await setup({ readDeadlineMs: 2000 });
  const { databases } = deployment;
  await using proxy = await startPostgresProxy(databases.jobs.urls.app);
  const { posture } = deployment.reopen({ jobs: proxy.urlThrough(databases.jobs.urls.app) });
  await posture.refresh();
  const before = proxy.accepted();
  proxy.pause();
  const refreshing = posture.refresh();
  await waitFor(() => proxy.accepted() > before, { what: 'it to be asked again' });
  proxy.resume();
  expect(statuses(checked(await refreshing))).toEqual(['ok', 'ok', 'ok']);
  await posture.stop();
});

test('a connection that was cut between two readings is replaced within one reading: nothing is unknown', async () => {
  await using deployment = await setup();
  await using proxy = await startPostgresProxy(deployment.databases.config.urls.app);
  const { posture } = deployment.reopen({ config: proxy.urlThrough(deployment.databases.config.urls.app) });
  await posture.refresh();
  await queryServer(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = '${deployment.databases.config.databaseName}' and application_name like 'plimsoll-posture%'`);
  expect(statuses(checked(await posture.refresh()))).toEqual(['ok', 'ok', 'ok']);
  proxy.dropConnections();
  expect(statuses(checked(await posture.refresh()))).toEqual(['ok', 'ok', 'ok']);
  await posture.stop();
});

test('a process that stalled for longer than the deadline takes the answers that were waiting for it', async () => {
  await using deployment = await setup({ readDeadlineMs: 1000 });
  await deployment.read();
  const refreshing = deployment.posture.refresh();
  // The questions are on their way; now the process is busy with something else.
  await new Promise(setImmediate);
  for (const end = Date.now() + 1200; Date.now() < end;) Math.sqrt(end);
  expect(statuses(checked(await refreshing))).toEqual(['ok', 'ok', 'ok']);
});

test('dirty: the gate is closed until the migration is settled', async () => {
  await using deployment = await setup();
  const reopened = `update plimsoll.schema_migration set finished_at = null where version = ${required('config')}`;
  await editLedger(deployment.databases, 'config', reopened);
  const posture = await deployment.read();
  expect(find(posture, 'config').problems.map(({ code }) => code)).toEqual(['dirty']);
  expect(find(posture, 'config').problems[0]?.remedy).toBe(`${migratorCommand} repair --database config`);
  expect(closedCodes(posture)).toEqual(['product config schema_dirty', 'leases config schema_dirty']);
  await editLedger(
    deployment.databases,
    'config',
    `update plimsoll.schema_migration set finished_at = now() where version = ${required('config')}`,
  );
  expect((await deployment.read()).gate.open).toBe(true);
});

test('an open row under the migrator lock is a migration at work, not a dirty one', async () => {
  await using deployment = await setup();
  await using blocker = await holdMigratorLock(deployment.databases, 'config');
  await editLedger(
    deployment.databases,
    'config',
    `update plimsoll.schema_migration set finished_at = null where version = ${required('config')}`,
  );
  const posture = await deployment.read();
  expect(find(posture, 'config')).toMatchObject({ status: 'behind', migrating: true, problems: [] });
  expect(reasons(posture)).toEqual(['schema_behind config', 'migrating config', ...freshReasons]);
  await blocker.release();
});

test.each([
  [
    'changed',
    "update plimsoll.schema_migration set checksum = repeat('0', 64) where version = 1",
    'git checkout -- migrations/config/0001_create_users.sql',
  ],
  [
    'unrecognised',
    "update plimsoll.schema_migration set name = 'of_another_branch' where version = 1",
    `${migratorCommand} history --database config`,
  ],
])('%s: a thing to do, while the gate stays open', async (code, sql, remedy) => {
  await using deployment = await setup();
  const original = definitions.config[0];
  await editLedger(deployment.databases, 'config', sql);
  const posture = await deployment.read();
  expect(find(posture, 'config').status).toBe('ok');
  expect(find(posture, 'config').problems).toMatchObject([{ code, remedy }]);
  expect(posture.gate.open).toBe(true);
  expect(posture.verdict.status).toBe('attention');
  expect(posture.verdict.reasons[0]).toMatchObject({
    code: `schema_${code}`,
    severity: 'warn',
    part: 'config',
    remedy,
  });
  await editLedger(
    deployment.databases,
    'config',
    `update plimsoll.schema_migration set name = '${original?.name}', checksum = '${original?.checksum}' where version = 1`,
  );
  expect((await deployment.read()).verdict.status).toBe('ok');
});

test('drifted: a thing to do that names the object, while the gate stays open; undoing it is enough', async () => {
  await using deployment = await setup();
  await deployment.databases.results.query('owner', 'create table by_hand (id integer)');
  const posture = await deployment.read();
  expect(find(posture, 'results')).toMatchObject({ status: 'ok', problems: [{ code: 'drift' }] });
  expect(find(posture, 'results').problems[0]?.message).toContain('by_hand');
  expect(posture.gate.open).toBe(true);
  expect(posture.verdict.status).toBe('attention');
  await deployment.databases.results.query('owner', 'drop table by_hand');
  expect((await deployment.read()).verdict.status).toBe('ok');
});

test('a comparison that failed is neither drift nor its absence: no longer "running well" but cannot tell', async () => {
  await using deployment = await setup();
  await deployment.databases.results.query('owner', 'revoke select on plimsoll.migration_run from public');
  const posture = await deployment.read();
  expect(find(posture, 'results')).toMatchObject({ status: 'ok', problems: [] });
  expect(reasons(posture)).toEqual(['drift_unknown results', ...freshReasons]);
  expect(posture.verdict.status).toBe('unknown');
  expect(posture.verdict.headline).toBe('Cannot tell: the live schema of results could not be read.');
  // The remedy, typed as the owner.
  const [, grant = ''] = /-c '(.*)'$/.exec(posture.verdict.reasons[0]?.remedy ?? '') ?? [];
  await deployment.databases.results.query('owner', grant);
  expect((await deployment.read()).verdict.status).toBe('ok');
});

test('a schema that no run has recorded cannot be compared: information, and all else runs well', async () => {
  await using deployment = await setup();
  await editLedger(deployment.databases, 'results', 'delete from plimsoll.migration_run');
  const posture = await deployment.read();
  expect(reasons(posture)).toEqual(['drift_unchecked results', ...freshReasons]);
  expect(posture.verdict.status).toBe('ok');
});

test('a comparison that hangs delays nothing for longer than its deadline, and leaves no session behind', async () => {
  await using deployment = await setup({ readDeadlineMs: 1000 });
  const { databases } = deployment;
  await using blocker = await holdOpen(databases, 'jobs', 'begin; lock table plimsoll.migration_run');
  const posture = await withDeadline(10_000, deployment.read);
  expect(statuses(posture)).toEqual(['ok', 'ok', 'ok']);
  expect(reasons(posture)).toContain('drift_unknown jobs');
  await waitFor(async () => (await countSessions(databases, 'plimsoll-posture-drift')) === 0, {
    what: 'the comparing session to end',
  });
  await blocker.release();
});

/** What preflight says of the release to come, run from its image. */
async function judgeNext(databases: TestDatabases) {
  return await runPreflight({
    manifest: { ...manifest, appVersion: '99.0.0' },
    migrationsDir: 'migrations',
    imageSha: 'def456',
    urls: databases.urls('owner'),
    migratorCommand,
    strict: false,
    clock: systemClock,
    readLastBackup: async () => await Promise.reject(notConfigured()),
    readFreeBytes: async () => undefined,
    checkSettings: () => [],
  });
}

test('a recorded preflight run is shown as it was, and goes stale by cause once a database has moved on', async () => {
  await using deployment = await setup();
  const { databases } = deployment;
  const report = await judgeNext(databases);
  await recordPreflight(report, { url: databases.config.urls.owner, operator: 'ada' });
  const fresh = await deployment.read();
  expect(fresh.preflight).toMatchObject({
    id: report.id,
    ranBy: 'ada',
    targetVersion: '99.0.0',
    targetImageSha: 'def456',
    status: 'warn',
    stale: false,
    staleReasons: [],
  });
  expect(fresh.preflight?.checks).toEqual(report.checks);
  expect(fresh.candidate).toMatchObject({
    version: '99.0.0',
    state: 'warned',
    obstacles: [],
    databases: [{ change: 'none' }, { change: 'none' }, { name: 'jobs', current: required('jobs'), change: 'none' }],
    scanners: { status: 'ok', total: 0 },
  });
  expect(fresh.horizon).toMatchObject({ status: 'ok', message: expect.stringMatching(/^you can go back to /) });
  expect(reasons(fresh)).toContain('preflight_warned preflight');
  await addMigration(databases, required('jobs') + 1, 1);
  const later = await deployment.read();
  expect(later.preflight).toMatchObject({
    stale: true,
    staleReasons: [`jobs moved ${required('jobs')} → ${required('jobs') + 1} after this run`],
  });
  expect(reasons(later)).toContain('preflight_stale preflight');
  expect(later.candidate).toMatchObject({ state: 'blocked', databases: [{}, {}, { change: 'too_new' }] });
  expect(reasons(later)).toContain('upgrade_blocked jobs');
});

test('preflight runs that a newer release has made are unknown here, never empty', async () => {
  await using deployment = await setup();
  const client = deployment.databases.config;
  await recordPreflight(await judgeNext(deployment.databases), { url: client.urls.owner, operator: 'ada' });
  await client.query(
    'owner',
    `insert into plimsoll.preflight_run
     select gen_random_uuid(), 2, ran_at + interval '1 s', recorded_at, who, who_source, host, target_version,
       target_image_sha, status, strict, manifest, fingerprint, result from plimsoll.preflight_run`,
  );
  const posture = await deployment.read();
  expect(posture.preflightReading).toMatchObject({ status: 'unknown', error: { code: 'preflight_unsupported' } });
  expect(posture.verdict.status).toBe('unknown');
});

test('the fleet is shown by version as the census counts it, and who is outside the window is a reason', async () => {
  await using deployment = await setup();
  await deployment.databases.config.query(
    'app',
    `with token as (
       insert into enrolment_tokens (token_hash, made_by, expires_at, max_uses)
       values (sha256('token'), 'test', now(), 9) returning id
     )
     insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version, state)
     select name, token.id, sha256(name::bytea), binary_version, protocol_version, state
       from token, (values ('a', '1.0.0', 2, 'online'), ('b', '1.0.0', 2, 'offline'), ('c', '9.0.0', 9, 'online'))
         scanner (name, binary_version, protocol_version, state)`,
  );
  const posture = await deployment.read();
  expect(posture.scanners).toMatchObject({
    status: 'ok',
    total: 3,
    inWindow: 2,
    outsideWindow: 1,
    outsideAsleep: 0,
    groups: [
      { binaryVersion: '9.0.0', protocolVersion: 9, count: 1, online: 1, inWindow: false },
      { binaryVersion: '1.0.0', protocolVersion: 2, count: 2, online: 1, inWindow: true },
    ],
  });
  expect(reasons(posture).join()).toContain('scanners_outside_window');
});

/** Enrols scanners past the product: online or not, as they are given. */
async function enrol(databases: TestDatabases, ...scanners: readonly (readonly [string, number, string])[]) {
  const values = scanners.map(([name, protocol, state]) => `('${name}', ${protocol}, '${state}')`).join();
  await databases.config.query(
    'app',
    `with token as (
       insert into enrolment_tokens (token_hash, made_by, expires_at, max_uses)
       values (sha256('${scanners[0]?.[0] ?? ''}'), 'test', now(), 9) returning id
     )
     insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version, state)
     select name, token.id, sha256(name::bytea), '1.0.0', protocol_version, state
       from token, (values ${values}) scanner (name, protocol_version, state)`,
  );
}

/** Puts jobs into the queue: three that are new, two that wait for another attempt, and some that count for nothing. */
async function fillQueue(databases: TestDatabases): Promise<void> {
  await databases.jobs.query(
    'app',
    `insert into pgboss.job (name, state, start_after)
     select 'scan-jobs', state::pgboss.job_state, now() + wait::interval from (values
       ('created', '0'), ('created', '0'), ('created', '0'), ('retry', '0'), ('retry', '5 minutes'),
       ('active', '0'), ('completed', '0'), ('cancelled', '0'), ('failed', '0')) job (state, wait)`,
  );
}

test('queued jobs have no eligible scanner while only scanners outside the window, or asleep inside, are there', async () => {
  await using deployment = await setup();
  const { databases } = deployment;
  const judged = async () => {
    const { scanners, verdict } = await deployment.read();
    const { total, withoutScanner } = scanners.queuedJobs;
    const said = verdict.reasons.find(({ code }) => code === 'jobs_without_scanner')?.message.split(':')[0] ?? '';
    return { total, withoutScanner, asleep: scanners.outsideAsleep, said };
  };
  await enrol(databases, ['outside', 9, 'online'], ['outside and asleep', 9, 'offline'], ['inside', 2, 'late']);
  await expect(judged()).resolves.toEqual({ total: 0, withoutScanner: 0, asleep: 1, said: '' });
  await fillQueue(databases);
  const said = '5 queued jobs have no eligible scanner';
  await expect(judged()).resolves.toEqual({ total: 5, withoutScanner: 5, asleep: 1, said });
  await databases.config.query('app', "update scanners set state = 'online' where name = 'inside'");
  await expect(judged()).resolves.toEqual({ total: 5, withoutScanner: 0, asleep: 1, said: '' });
});

test('with the jobs database away, whether jobs have a scanner is unknown and the census is still shown', async () => {
  const nobody = new Secret('postgres://plimsoll_app:pw@127.0.0.1:1/jobs');
  await using deployment = await setup({ urls: () => ({ jobs: nobody }) });
  await enrol(deployment.databases, ['inside', 2, 'online'], ['outside', 9, 'online']);
  const posture = await deployment.read();
  expect(posture.scanners).toMatchObject({
    status: 'ok',
    total: 2,
    outsideWindow: 1,
    queuedJobs: { status: 'unknown', total: null, withoutScanner: null, error: { code: 'database_unreachable' } },
  });
  // Said once: what closes the gate is what the queue waits for, too.
  expect(reasons(posture)).toEqual(['schema_unknown jobs', 'scanners_outside_window scanners', ...freshReasons]);
});

test('a queue that is locked makes its own part unknown within the second, and delays no other', async () => {
  await using deployment = await setup({ readDeadlineMs: 1000 });
  await deployment.read();
  await using blocker = await holdOpen(
    deployment.databases,
    'jobs',
    'begin; lock table pgboss.job_common in access exclusive mode',
  );
  const posture = await withDeadline(10_000, deployment.read);
  await blocker.release();
  expect(statuses(posture)).toEqual(['ok', 'ok', 'ok']);
  expect(posture.scanners).toMatchObject({
    status: 'ok',
    queuedJobs: { status: 'unknown', error: { code: 'database_timeout' } },
  });
  expect(reasons(posture)).toContain('queued_jobs_unknown queue');
  expect(posture.verdict.headline).toMatch(/^Cannot tell: the job queue /);
});

test('a queue however long is counted to ten thousand, and that there are more is said', async () => {
  await using deployment = await setup();
  await deployment.databases.jobs.query(
    'app',
    "insert into pgboss.job (name) select 'scan-jobs' from generate_series(1, 10001)",
  );
  const { queuedJobs } = (await deployment.read()).scanners;
  expect(queuedJobs).toMatchObject({ total: 10_000, more: true, withoutScanner: 10_000 });
});

test('a jobs database from before the queue holds no jobs, which is no failure', async () => {
  await using deployment = await setup();
  await deployment.databases.jobs.query('owner', 'drop schema pgboss cascade');
  const { queuedJobs } = (await deployment.read()).scanners;
  expect(queuedJobs).toMatchObject({ status: 'ok', total: 0, withoutScanner: 0, error: null });
});

test('a running posture turns ok by itself after a migration, without a restart, and tells its listeners', async () => {
  await using deployment = await setup({ template: behind });
  const { databases, posture, gate } = deployment;
  await posture.start();
  await waitFor(() => find(checked(posture.current()), 'config').status === 'behind', { what: 'config to be behind' });
  const heard: string[] = [];
  const unsubscribe = posture.onChange((view) => heard.push(view.posture.verdict.status));
  await migrate(databases);
  await waitFor(() => gate.isOpen('product') && gate.isOpen('leases'), { what: 'the gate to open', timeoutMs: 5000 });
  expect(heard.at(-1)).toBe('ok');
  await waitFor(() => reasons(checked(posture.current())).join() === freshReasons.join(), {
    what: 'drift to be measured',
  });
  unsubscribe();
});

test('the end of a migration is heard at once, not waited for', async () => {
  // Nothing that is due after a pause ever runs: only what a notification asks for does.
  const eventsOnly: Schedule = (afterMs, call) => (afterMs > 300 ? () => undefined : systemSchedule(afterMs, call));
  await using deployment = await setup({ template: behind, schedule: eventsOnly });
  const { databases, posture, gate } = deployment;
  await posture.start();
  await waitFor(() => find(checked(posture.current()), 'config').status === 'behind', { what: 'config to be behind' });
  await migrate(databases);
  await waitFor(() => gate.isOpen('product'), { what: 'the gate to open', timeoutMs: 5000 });
});

test('a running posture says unknown when a database goes away, and ok when it is back', async () => {
  await using deployment = await setup();
  await using proxy = await startPostgresProxy(deployment.databases.jobs.urls.app);
  const { posture } = deployment.reopen({ jobs: proxy.urlThrough(deployment.databases.jobs.urls.app) });
  const status = () => find(checked(posture.current()), 'jobs').status;
  await posture.start();
  await waitFor(() => status() === 'ok', { what: 'the first reading' });
  await proxy.stop();
  await waitFor(() => status() === 'unknown', { what: 'jobs to be unknown', timeoutMs: 5000 });
  await proxy.start();
  await waitFor(() => status() === 'ok', { what: 'jobs to be ok', timeoutMs: 5000 });
  await posture.stop();
});

test('a comparison that failed is made again when a lost database is back, not ten seconds later', async () => {
  await using deployment = await setup();
  await using proxy = await startPostgresProxy(deployment.databases.jobs.urls.app);
  const { posture } = deployment.reopen({ jobs: proxy.urlThrough(deployment.databases.jobs.urls.app) });
  await posture.start();
  const given = () => reasons(checked(posture.current())).join();
  await deployment.databases.jobs.query('owner', 'revoke select on plimsoll.migration_run from public');
  await posture.refresh();
  expect(given()).toContain('drift_unknown jobs');
  await proxy.stop();
  await waitFor(() => given().includes('schema_unknown jobs'), { what: 'jobs to be unknown' });
  await deployment.databases.jobs.query('owner', 'grant select on plimsoll.migration_run to public');
  await proxy.start();
  await waitFor(() => given() === freshReasons.join(), { what: 'the comparison to be made again', timeoutMs: 5000 });
  await posture.stop();
});

test('last known values outlive a restart with the databases down', async () => {
  await using deployment = await setup();
  const before = await deployment.read();
  await deployment.posture.stop();
  const nobody = new Secret('postgres://plimsoll_app:pw@127.0.0.1:1/config');
  const { posture } = deployment.reopen({ config: nobody });
  const after = checked(await posture.refresh());
  expect(find(after, 'config')).toMatchObject({
    status: 'unknown',
    lastKnown: { status: 'ok', current: required('config'), readAt: find(before, 'config').readAt },
    readAt: find(before, 'config').readAt,
  });
  expect(after.scanners).toMatchObject({
    status: 'unknown',
    lastKnown: {
      counts: { total: 0, inWindow: 0, outsideWindow: 0, outsideAsleep: 0, groups: [] },
      readAt: before.scanners.readAt,
    },
  });
  await posture.stop();
});

test('a disk that is slow at the start loses nothing of what was last known, and nothing newer', async () => {
  await using deployment = await setup();
  await deployment.read();
  await deployment.posture.stop();
  const path = join(deployment.dataDir, 'last-known.json');
  const written = await readFile(path, 'utf8');
  await rm(path);
  // Reading it waits until somebody writes.
  await promisify(execFile)('mkfifo', [path]);
  const { posture } = deployment.reopen({ jobs: new Secret('postgres://plimsoll_app:pw@127.0.0.1:1/jobs') });
  expect(find(checked(await posture.refresh()), 'jobs')).toMatchObject({ status: 'unknown', lastKnown: null });
  await writeFile(path, written);
  const jobs = await waitFor(async () => find(checked(await posture.refresh()), 'jobs').lastKnown, {
    what: 'the file to be taken in',
  });
  expect(jobs).toMatchObject({ status: 'ok', current: required('jobs') });
  await posture.stop();
  const kept = await readFile(path, 'utf8');
  expect(Date.parse(knownIn(kept, 'config'))).toBeGreaterThan(Date.parse(knownIn(written, 'config')));
  expect(knownIn(kept, 'jobs')).toBe(knownIn(written, 'jobs'));
});

test('a postmaster that hangs is noticed, though the connections that it once let in still answer', async () => {
  const clock = manualClock();
  await using deployment = await setup({ readDeadlineMs: 1000, clock });
  await using proxy = await startPostgresProxy(deployment.databases.jobs.urls.app);
  const { posture } = deployment.reopen({ jobs: proxy.urlThrough(deployment.databases.jobs.urls.app) });
  const refresh = async () => checked(await posture.refresh());
  await refresh();
  proxy.shutOut();
  expect(statuses(await refresh())).toEqual(['ok', 'ok', 'ok']);
  clock.advance(10_000);
  const hung = await refresh();
  expect(statuses(hung)).toEqual(['ok', 'ok', 'unknown']);
  expect(find(hung, 'jobs').error?.code).toBe('database_timeout');
  expect(closedCodes(hung)).toEqual(['product jobs schema_unknown', 'leases jobs schema_unknown']);
  expect(statuses(await refresh())).toEqual(['ok', 'ok', 'unknown']);
  proxy.resume();
  expect(statuses(await refresh())).toEqual(['ok', 'ok', 'ok']);
  await posture.stop();
});

test('a server without a free slot is still read on the connections that it once let in', async () => {
  const clock = manualClock();
  await using deployment = await setup({ clock });
  const { databases } = deployment;
  await deployment.read();
  await databases.jobs.query('superuser', `alter database "${databases.jobs.databaseName}" connection limit 0`);
  clock.advance(10_000);
  expect(find(await deployment.read(), 'jobs')).toMatchObject({ status: 'ok', error: null });
});

test('many failures leave no connection behind, and stopping leaves none at all', async () => {
  await using deployment = await setup();
  const { databases } = deployment;
  await using proxy = await startPostgresProxy(databases.jobs.urls.app);
  const { posture } = deployment.reopen({ jobs: proxy.urlThrough(databases.jobs.urls.app) });
  const count = async () => await countSessions(databases, 'plimsoll-posture%');
  await databases.results.query('owner', 'revoke select on plimsoll.schema_migration from public');
  for (let round = 0; round < 20; round += 1) {
    if (round % 2 === 0) await proxy.stop();
    else await proxy.start();
    await posture.refresh();
  }
  // Kept: a ledger connection for config and jobs, one for each of the records in config, and one for the queue.
  await waitFor(async () => (await count()) <= 5, { what: 'only the kept connections to be left' });
  await posture.stop();
  await waitFor(async () => (await count()) === 0, { what: 'no connection to be left' });
});

test('a ledger that is locked is a timeout, and the server is left with no waiting session', async () => {
  await using deployment = await setup({ readDeadlineMs: 1000 });
  const { databases } = deployment;
  await using blocker = await lockLedger(databases, 'jobs');
  const waiting = async () => await countSessions(databases, 'plimsoll-posture', ['jobs']);
  for (let round = 0; round < 3; round += 1)
    expect(find(await deployment.read(), 'jobs').error?.code).toBe('database_timeout');
  await waitFor(async () => (await waiting()) === 0, { what: 'the waiting sessions to end' });
  await blocker.release();
  expect(find(await deployment.read(), 'jobs').status).toBe('ok');
});

test('the last backup is shown, its age goes with the clock, and a storm of viewers reads nothing more', async () => {
  let asked = 0;
  const createdAt = new Date(Date.now() - 90_000).toISOString();
  const schemaVersions = { config: required('config'), results: required('results'), jobs: required('jobs') };
  const bundle = { ...provenBundle, createdAt, schemaVersions };
  const server = createServer((_, response) => {
    asked += 1;
    response.end(JSON.stringify({ ...backupFacts, lastProven: bundle, bundle }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const backupUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using deployment = await setup({ backupUrl });
  const view = await deployment.posture.refresh();
  expect(checked(view).lastBackup).toMatchObject({ status: 'ok', bundle, error: null, lastKnown: null });
  expect(checked(view).lastBackup.ageSeconds).toBeGreaterThanOrEqual(90);
  expect(asked).toBe(1);
  for (let viewer = 0; viewer < 10_000; viewer += 1) expect(deployment.posture.current()).toBe(view);
  expect(asked).toBe(1);
  const storm = await Promise.all(Array.from({ length: 200 }, async () => await deployment.posture.refresh()));
  expect(asked).toBeLessThanOrEqual(3);
  expect(new Set(storm.map(({ etag }) => etag))).toEqual(new Set([view.etag]));
  server.close();
  server.closeAllConnections();
  const gone = checked(await deployment.posture.refresh());
  expect(gone.lastBackup).toMatchObject({
    status: 'unavailable',
    bundle: null,
    ageSeconds: null,
    error: { code: 'backup_unreachable' },
    lastKnown: { bundle },
  });
  expect(gone.verdict.status).toBe('unknown');
  expect(gone.verdict.headline).toBe('Cannot tell: the last backup could not be read.');
});

test('the ETag stays while only the time moves, and changes with the content', async () => {
  await using deployment = await setup();
  const first = await deployment.posture.refresh();
  const heard: string[] = [];
  deployment.posture.onChange((view) => heard.push(view.etag));
  const second = await deployment.posture.refresh();
  expect(second.posture.generatedAt >= first.posture.generatedAt).toBe(true);
  expect(second.etag).toBe(first.etag);
  expect(first.etag).toMatch(/^W\/"[\w-]{27}"$/);
  expect(heard).toEqual([]);
  await editLedger(deployment.databases, 'jobs', forget(1));
  const third = await deployment.posture.refresh();
  expect(third.etag).not.toBe(first.etag);
  expect(heard.at(-1)).toBe(third.etag);
});

test('stopping while every server hangs ends, and leaves no socket open', async () => {
  await using deployment = await setup();
  await using proxy = await startPostgresProxy(deployment.databases.config.urls.app);
  const through = (name: DatabaseName) => proxy.urlThrough(deployment.databases[name].urls.app);
  const all = { config: through('config'), results: through('results'), jobs: through('jobs') };
  const { posture } = deployment.reopen(all);
  expect(statuses(checked(await posture.refresh()))).toEqual(['ok', 'ok', 'ok']);
  proxy.pause();
  await withDeadline(10_000, async () => await posture.stop());
  proxy.resume();
  await waitFor(async () => (await countSessions(deployment.databases, 'plimsoll-posture%')) === 0, {
    what: 'the sessions to end',
  });
});

test('starting and stopping twice is as good as once, and a stopped posture still answers from memory', async () => {
  await using deployment = await setup();
  const { posture } = deployment;
  await posture.start();
  await posture.start();
  await waitFor(() => statuses(checked(posture.current())).every((status) => status === 'ok'), { what: 'a reading' });
  await posture.stop();
  await posture.stop();
  const view = posture.current();
  expect(await posture.refresh()).toBe(view);
});

/** When the value of a database in a file of last-known values was read. */
function knownIn(text: string, name: DatabaseName): string {
  return (JSON.parse(text) as LastKnown).databases[name]?.readAt ?? '';
}

/** How many sessions of this name are open on these databases. */
async function countSessions(
  databases: TestDatabases,
  applicationName: string,
  names: readonly DatabaseName[] = databaseNames,
): Promise<number> {
  const rows = await queryServer(
    'select count(*)::integer as count from pg_stat_activity where datname = any($1) and application_name like $2',
    [names.map((name) => databases[name].databaseName), applicationName],
  );
  return Number(rows[0]?.['count']);
}

async function lockLedger(databases: TestDatabases, name: DatabaseName) {
  return await holdOpen(databases, name, 'begin; lock table plimsoll.schema_migration in access exclusive mode');
}

async function holdMigratorLock(databases: TestDatabases, name: DatabaseName) {
  return await holdOpen(databases, name, `select ${tryLockSql}`);
}

/** Keeps a session open after it has run the SQL. */
async function holdOpen(databases: TestDatabases, name: DatabaseName, sql: string) {
  const client = await connect({
    name,
    url: databases[name].urls.owner,
    applicationName: 'test blocker',
    connectTimeoutMs: 5000,
  });
  await client.query(sql);
  let ended: Promise<void> | undefined;
  const release = async (): Promise<void> => await (ended ??= client.end());
  return { release, [Symbol.asyncDispose]: release };
}

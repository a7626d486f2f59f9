import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  agedCluster,
  createMigrationsFolder,
  createTestDatabases,
  serverKinds,
  smallDisk,
  standbyOf,
  startOwnCluster,
  startPgBouncer,
  waitFor,
  type MigrationFiles,
  type OwnCluster,
  type TestDatabases,
} from '../../test/testkit/index.ts';
import { explainFailure } from '../backups/client/index.ts';
import { hasCode, Secret, systemClock } from '../base/index.ts';
import type { BundleSummary, LatestBundle, Manifest, PreflightCheck } from '../contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../manifest/index.ts';
import { readDefinitions, runMigrator } from '../migrator/index.ts';
import { connect, type PostgresClient } from '../postgres/index.ts';
import { readSettings } from '../settings/index.ts';
import type { Check } from './check.ts';
import { checks as allChecks } from './checks/index.ts';
import { openContext, type PreflightContext } from './context.ts';
import { everythingLookedAt } from './run.ts';
import {
  pendingDigestOf,
  readFreeBytes,
  readRecordedRuns,
  recordPreflight,
  recordRehearsal,
  runPreflight,
  type PreflightOptions,
  type Rehearsal,
  type RehearsalResult,
} from './index.ts';

let cluster: OwnCluster;
let manifest: Manifest;
const migratorCommand = 'npx plimsoll migrator';

beforeAll(async () => {
  cluster = await startOwnCluster({ max_prepared_transactions: '5', max_connections: '60', wal_level: 'logical' });
  manifest = await readManifest(defaultManifestPath());
  await migrate();
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

async function migrate(): Promise<void> {
  await runMigrator({ urls: cluster.urls('owner'), manifest, migrationsDir: defaultMigrationsDir() });
}

/** A bundle of a minute ago that is as it should be. */
function soundBundle(change: Partial<BundleSummary> = {}): BundleSummary {
  const { config, results, jobs } = manifest.databases;
  return {
    id: '20261122T163000Z-00000001',
    createdAt: new Date(Date.now() - 60_000).toISOString(),
    bytes: 1024,
    verifiedAt: new Date().toISOString(),
    schemaVersions: { config: config.schemaVersion, results: results.schemaVersion, jobs: jobs.schemaVersion },
    state: 'proven',
    provenAt: new Date().toISOString(),
    damage: null,
    appVersion: '1.0.0',
    imageSha: 'unknown',
    encrypted: false,
    pinned: false,
    ...change,
  };
}

/** What a backup service says that has this one bundle. */
function answerWith(bundle: BundleSummary | null): LatestBundle {
  return {
    bundle,
    lastProven: null,
    unprovenSince: null,
    maxAgeSeconds: 26 * 3600,
    lastTake: null,
    proveError: null,
    keys: [],
  };
}

/** Every outcome that a check of a run of this file has come to, with the first test that made it so. */
const seen = new Map<string, string>();

function keyOf(code: string, status: string, when: string): string {
  return `${code} · ${status} · ${when}`;
}

const couldNotLook = 'it could not look';

/** Only what decided counts: of three databases, what was found in the worst. */
function note({ code, status }: PreflightCheck, held: readonly string[]): void {
  const outcomes = allChecks.find((candidate) => candidate.code === code)?.outcomes ?? [];
  const decisive = held.filter((when) =>
    outcomes.some((outcome) => outcome.when === when && outcome.status === status),
  );
  const title = expect.getState().currentTestName ?? '';
  for (const when of decisive.length === 0 && status === 'skip' ? [couldNotLook] : decisive)
    if (!seen.has(keyOf(code, status, when))) seen.set(keyOf(code, status, when), title);
}

async function preflight(change: Partial<PreflightOptions> = {}) {
  const report = await runPreflight({
    manifest,
    migrationsDir: defaultMigrationsDir(),
    imageSha: 'abc123',
    urls: cluster.urls('owner'),
    migratorCommand,
    strict: false,
    clock: systemClock,
    readLastBackup: async () => answerWith(soundBundle()),
    readFreeBytes: async () => 1e12,
    checkSettings: () => [],
    onChecked: (_done, _total, found, held) => note(found, held),
    ...change,
  });
  const whole = report.checks.find(({ code }) => code === everythingLookedAt.code);
  if (whole !== undefined) seen.set(keyOf(whole.code, whole.status, ''), expect.getState().currentTestName ?? '');
  return report;
}

/** What one check of a run came to. */
async function check(code: string, change: Partial<PreflightOptions> = {}): Promise<PreflightCheck> {
  const { checks } = await preflight(change);
  const found = checks.find((candidate) => candidate.code === code);
  if (found === undefined) throw new Error(`there is no check ${code}`);
  return found;
}

test('a deployment in which all is well passes every check, and no check leaves a trace', async () => {
  const before = await cluster.query('superuser', 'config', 'select count(*)::integer as tables from pg_class');
  const report = await preflight();
  expect(report.checks.filter(({ status }) => status !== 'pass')).toEqual([]);
  expect(report).toMatchObject({ status: 'pass', targetVersion: manifest.appVersion, targetImageSha: 'abc123' });
  expect(await cluster.query('superuser', 'config', 'select count(*)::integer as tables from pg_class')).toEqual(
    before,
  );
});

test('no connection of a run outlives it', async () => {
  await preflight();
  await waitFor(
    async () => {
      const rows = await cluster.query(
        'superuser',
        'config',
        "select 1 from pg_stat_activity where application_name in ('plimsoll-preflight', 'plimsoll-migrator')",
      );
      return rows.length === 0;
    },
    { what: 'the connections to be closed' },
  );
});

test('a database that cannot be reached fails one check, and the others skip it with the reason', async () => {
  const urls = { ...cluster.urls('owner'), jobs: new Secret('postgres://owner:hunter2@127.0.0.1:1/jobs') };
  const report = await preflight({ urls });
  const byCode = Object.fromEntries(report.checks.map((found) => [found.code, found]));
  expect(byCode['database_reachable']).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^jobs database \(owner@127\.0\.0\.1:1\/jobs\): .*\[database_unreachable\]$/),
    remedy: 'Start the database server, or correct its URL, and try again.',
  });
  expect(byCode['ledger_clean']).toMatchObject({
    status: 'skip',
    message: expect.stringMatching(/^jobs was not looked at: jobs database/),
  });
  expect(byCode['wraparound']).toMatchObject({ status: 'skip' });
  expect(byCode['everything_looked_at']).toMatchObject({ status: 'warn' });
  expect(report.status).toBe('fail');
  expect(JSON.stringify(report)).not.toContain('hunter2');
});

test('a role that may not create, and one that does not own what is there, are told what to grant', async () => {
  expect(await check('role_rights', { urls: cluster.urls('app') })).toMatchObject({
    status: 'fail',
    message: 'the role plimsoll_app may not create anything in config, results and jobs',
    remedy: expect.stringContaining('grant create on database "config" to "plimsoll_app"'),
  });
  await cluster.query('superuser', 'results', 'create table public.made_by_hand ()');
  expect(await check('role_rights')).toMatchObject({
    status: 'fail',
    message:
      '1 relation in results cannot be altered by the role plimsoll_owner, the first public.made_by_hand of postgres',
    remedy: expect.stringMatching(/^psql -h \S+ .*-d results -c 'grant "postgres" to "plimsoll_owner"'$/),
  });
  await cluster.query('superuser', 'results', 'drop table public.made_by_hand');
});

test('a Postgres outside what the release accepts fails', async () => {
  expect(await check('postgres_version', { manifest: { ...manifest, postgres: { min: 14, max: 17 } } })).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^Postgres 18\.\d+ for config, results and jobs, this release accepts 14 to 17$/),
  });
});

test.each(['transaction', 'session'] as const)(
  'PgBouncer in %s mode shows itself by the process that it names, however it was told to treat what it does not know',
  async (mode) => {
    const direct = cluster.urls('owner');
    await using strict = await startPgBouncer(direct.jobs, mode);
    await using lenient = await startPgBouncer(direct.jobs, mode, ['ignore_startup_parameters = statement_timeout']);
    for (const { url } of [strict, lenient])
      expect(await check('direct_connection', { urls: { ...direct, jobs: url } })).toMatchObject({
        status: 'fail',
        message: expect.stringMatching(
          /^jobs is reached through a pooler: it greeted as process -?\d+, process \d+ answered$/,
        ),
        remedy: 'Set MIGRATOR_JOBS_DATABASE_URL to the address of the server itself.',
      });
    expect(await check('wraparound', { urls: { ...direct, jobs: strict.url } })).toMatchObject({
      status: 'skip',
      remedy: expect.stringMatching(/^A pooler is in between: name the server itself/),
    });
  },
);

/** A made-up release on three databases of its own, since it shares no migration with the product's. */
async function withRelease<T>(
  { applied, release }: { applied?: MigrationFiles; release: MigrationFiles },
  work: (options: Partial<PreflightOptions>, own: TestDatabases) => Promise<T>,
): Promise<T> {
  await using own = await createTestDatabases();
  using before = createMigrationsFolder(applied ?? {});
  using after = createMigrationsFolder(release);
  if (applied !== undefined)
    await runMigrator({
      urls: own.urls('owner'),
      manifest: { ...before.manifest, appVersion: '1.4.0' },
      migrationsDir: before.dir,
    });
  const target = { ...after.manifest, appVersion: '1.6.0', upgradableFrom: '>=1.3.0' };
  return await work({ manifest: target, migrationsDir: after.dir, urls: own.urls('owner') }, own);
}

async function connectTo(url: Secret): Promise<PostgresClient> {
  return await connect({ name: 'jobs', url, applicationName: 'plimsoll test', connectTimeoutMs: 5000 });
}

test('a migration that never finished, and a database ahead of a release that cannot run on it, fail', async () => {
  const applied = { jobs: ['create table a (id integer); insert into a values (1), (1);'] };
  const failing = '-- plimsoll: transaction=none\ncreate unique index concurrently a_by_id on a (id);';
  await withRelease({ applied, release: { jobs: [...applied.jobs, failing] } }, async (options, own) => {
    const wanted = { manifest: options.manifest as Manifest, migrationsDir: options.migrationsDir ?? '' };
    await runMigrator({ urls: own.urls('owner'), ...wanted });
    expect(await check('ledger_clean', options)).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^dirty: migration 0002_step_2 in jobs was started .* and never finished/),
      remedy: 'npx plimsoll migrator repair --database jobs',
    });
  });
  const forward = { jobs: [...applied.jobs, '-- plimsoll: oldest-compatible=2\ndrop table a;'] };
  await withRelease({ applied: forward, release: applied }, async (options) => {
    expect(await check('ledger_clean', options)).toMatchObject({
      status: 'fail',
      message: 'jobs is at version 2, ahead of the 1 of release 1.6.0, which cannot run on it',
      remedy: 'Run the preflight of the release that migrated it, or a newer one.',
    });
  });
});

test('while a migrator is at work that is told, and the schema is not compared', async () => {
  const applied = { jobs: ['create table a (id integer);'] };
  const slow = 'alter table a add column b integer;';
  await withRelease({ applied, release: { jobs: [...applied.jobs, slow] } }, async (options, own) => {
    const wanted = { manifest: options.manifest as Manifest, migrationsDir: options.migrationsDir ?? '' };
    const reader = await connectTo(own.jobs.urls.owner);
    await reader.query('begin; lock table a in access share mode');
    const migrating = runMigrator({ urls: own.urls('owner'), ...wanted });
    await waitFor(
      async () =>
        (
          await own.jobs.query(
            'superuser',
            'select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())',
          )
        ).length > 0,
      { what: 'the migrator to wait for the table' },
    );
    expect(await check('ledger_clean', options)).toMatchObject({
      status: 'warn',
      message: 'a migrator is at work on jobs, which is at 1 of 2',
    });
    expect(await check('schema_drift', options)).toMatchObject({
      status: 'skip',
      message: expect.stringMatching(/^jobs was not compared: /),
    });
    await reader.end();
    await migrating;
  });
});

test('a ledger of builds that are no releases says nothing of the way that led here', async () => {
  await withRelease({ release: { jobs: ['create table a ();'] } }, async (options, own) => {
    const wanted = { manifest: options.manifest as Manifest, migrationsDir: options.migrationsDir ?? '' };
    await runMigrator({ urls: own.urls('owner'), ...wanted, manifest: { ...wanted.manifest, appVersion: 'main' } });
    expect(await check('upgrade_path', options)).toMatchObject({
      status: 'skip',
      message: 'the ledgers name main, which is no version to compare',
    });
  });
});

test('where nothing can be asked every check that asks is a skip, and none passes', async () => {
  const nowhere = new Secret('postgres://owner@127.0.0.1:1/nowhere');
  const { checks: found } = await preflight({
    urls: { config: nowhere, results: nowhere, jobs: nowhere },
    readLastBackup: async () => await Promise.reject(explainFailure(new Error('ECONNREFUSED'), 'http://backup:8081')),
  });
  expect(found.filter(({ status }) => status !== 'skip').map(({ code, status }) => `${code} ${status}`)).toEqual([
    'manifest_agrees pass',
    'settings_valid pass',
    'database_reachable fail',
    'everything_looked_at warn',
  ]);
});

test('an empty deployment passes: nothing is installed, nothing can have drifted', async () => {
  await withRelease({ release: { jobs: ['create table a ();'] } }, async (options) => {
    const { checks } = await preflight(options);
    const byCode = Object.fromEntries(checks.map((found) => [found.code, found]));
    expect(byCode['upgrade_path']).toMatchObject({
      status: 'pass',
      message: 'nothing is installed yet; 1.6.0 is a first installation',
    });
    expect(byCode['schema_drift']).toMatchObject({ status: 'pass' });
    expect(byCode['ledger_clean']).toMatchObject({ status: 'pass' });
    expect(byCode['fleet_window']).toMatchObject({ status: 'pass', message: 'no scanner is enrolled yet' });
    expect(byCode['jobs_in_flight']).toMatchObject({ status: 'pass' });
  });
});

test('the upgrade path, the way back, a changed file and drift are judged from ledgers and files', async () => {
  const applied = { jobs: ['create table a (id integer);', 'create index a_by_id on a (id);'] };
  const moving = '-- plimsoll: oldest-compatible=3\nalter table a add column b integer;';
  await withRelease({ applied, release: { jobs: [...applied.jobs, moving] } }, async (options, own) => {
    const wanted = options.manifest as Manifest;
    expect(await check('upgrade_path', options)).toMatchObject({
      status: 'pass',
      message: '1.6.0 can be installed from >=1.3.0, and 1.4.0 is there',
    });
    const tooFar = { ...options, manifest: { ...wanted, upgradableFrom: '>=1.5.2' } };
    expect(await check('upgrade_path', tooFar)).toMatchObject({
      status: 'fail',
      message: 'the deployment is at 1.4.0; 1.6.0 can be installed from >=1.5.2 only',
      remedy: 'Install 1.5.2 first, then this release.',
    });
    const older = { ...options, manifest: { ...wanted, appVersion: '1.2.0' } };
    expect(await check('upgrade_path', older)).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/newer/),
    });
    expect(await check('rollback_horizon', options)).toMatchObject({
      status: 'warn',
      message:
        'you can go back to 1.4.0 or newer without a restore; after jobs/0003_step_3 no release before 1.6.0 runs any more, and the only way back is a restore',
      remedy: 'npx plimsoll backup take',
    });
    expect(await check('schema_drift', options)).toMatchObject({ status: 'pass' });
    await own.jobs.query('owner', 'drop index a_by_id');
    expect(await check('schema_drift', options)).toMatchObject({
      status: 'warn',
      message: '1 object in jobs is not as recorded: removed index public.a_by_id',
      remedy: 'npx plimsoll migrator drift --database jobs',
    });
    using changed = createMigrationsFolder({ jobs: ['create table other ();', applied.jobs[1] ?? ''] });
    expect(
      await check('ledger_clean', { ...options, migrationsDir: changed.dir, manifest: changed.manifest }),
    ).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^changed: migration 0001_step_1 in jobs changed after it was applied/),
      remedy: 'git checkout -- migrations/jobs/0001_step_1.sql',
    });
    using fewer = createMigrationsFolder({ jobs: applied.jobs.slice(0, 1) });
    expect(
      await check('ledger_clean', { ...options, migrationsDir: fewer.dir, manifest: fewer.manifest }),
    ).toMatchObject({
      status: 'warn',
      message: 'jobs is at version 2, ahead of the 1 of this release, which may still run on it',
    });
  });
});

const inUse = {
  jobs: [
    'create table things (id integer primary key, label text); create table empty_one (id integer);',
    'insert into things select n, $$x$$ from generate_series(1, 1000) n; analyze things;',
  ],
};

test('pending migrations that harm nothing pass, each told with what it does to which table', async () => {
  const next = ['alter table things add column c integer;', 'create table other (id integer references things (id));'];
  await withRelease({ applied: inUse, release: { jobs: [...inUse.jobs, ...next] } }, async (options) => {
    const report = await preflight(options);
    expect(report.checks.find(({ code }) => code === 'pending_migrations')).toMatchObject({
      status: 'pass',
      message:
        '2 migrations pending (jobs/0003_step_3 and jobs/0004_step_4), less than a second of work; none loses data or keeps a large table from being used',
    });
    expect(report.migrations.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(
        /^jobs\/0003_step_3: things adds column c \(AccessExclusiveLock, catalogue only; \d+ kB, 1,000 rows\b.*\)$/,
      ),
      expect.stringMatching(/^jobs\/0004_step_4: things is referenced \(ShareRowExclusiveLock, catalogue only; /),
    ]);
  });
});

test('a migration that loses data fails until the hash of exactly its contents is handed back', async () => {
  const losing = 'alter table things drop column label;';
  await withRelease({ applied: inUse, release: { jobs: [...inUse.jobs, losing] } }, async (options) => {
    const refused = await check('pending_migrations', options);
    expect(refused).toMatchObject({
      status: 'fail',
      message:
        '1 danger to be read first: jobs/0003_step_3: things: drops column label, and what was there is gone (about 1,000 rows)',
      remedy: expect.stringMatching(/^npx plimsoll migrator preflight --acknowledge [0-9a-f]{16}$/),
    });
    const acknowledged = refused.remedy.split(' ').at(-1);
    expect(await check('pending_migrations', { ...options, acknowledged })).toMatchObject({
      status: 'warn',
      message: expect.stringContaining(`1 danger acknowledged with ${acknowledged}`),
    });
    using edited = createMigrationsFolder({ jobs: [...inUse.jobs, `${losing} -- and more`] });
    expect(await check('pending_migrations', { ...options, acknowledged, migrationsDir: edited.dir })).toMatchObject({
      status: 'fail',
    });
  });
});

test('what no parser can foresee is a warning, and what squawk knows better is one too', async () => {
  const next = ['do $$ begin null; end $$;', 'create index things_by_label on things (label);'];
  await withRelease({ applied: inUse, release: { jobs: [...inUse.jobs, ...next] } }, async (options) => {
    expect(await check('pending_migrations', options)).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('jobs/0003_step_3 (line 1: a DO block runs code that cannot be read)'),
    });
    expect(await check('migration_lint', options)).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/^squawk has 1 finding: jobs\/0004_step_4:1 require-concurrent-index-creation: /),
    });
  });
});

test('a rehearsal of exactly the pending migrations is judged by how it went, how old its data is and where it ran', async () => {
  const filled = { jobs: ['create table a (id integer);'] };
  const release = { jobs: [...filled.jobs, 'alter table a add column note text;'] };
  await withRelease({ applied: filled, release }, async (options, own) => {
    const never = await check('rehearsal', options);
    expect(never).toMatchObject({
      status: 'skip',
      message: '1 pending migration was never rehearsed',
      remedy: 'npx plimsoll migrator rehearse',
    });
    const pending = (await readDefinitions(options.migrationsDir ?? '')).jobs.slice(1);
    const [server] = await own.jobs.query(
      'owner',
      "select current_setting('server_version_num')::integer / 10000 as major",
    );
    const major = Number(server?.['major']);
    let recorded = 0;
    const rehearsed = async (change: Partial<Rehearsal>, result: Partial<RehearsalResult> = {}) => {
      recorded += 1;
      const whole = {
        seconds: 41,
        restoreSeconds: 9,
        migrations: [],
        problem: null,
        notes: [],
        serverMajors: { jobs: major },
      };
      const rehearsal: Rehearsal = {
        id: randomUUID(),
        ranAt: new Date(Date.now() + recorded),
        targetVersion: '9.9.9',
        targetImageSha: 'unknown',
        pendingDigest: pendingDigestOf(pending),
        bundle: { id: 'b', createdAt: new Date() },
        status: 'passed',
        result: { ...whole, ...result },
        ...change,
      };
      await recordRehearsal(rehearsal, { url: own.urls('owner').config, operator: 'ada' });
      return await check('rehearsal', options);
    };
    expect(await rehearsed({ pendingDigest: 'of others' })).toMatchObject({
      status: 'skip',
      message: expect.stringMatching(
        /^1 pending migration was never rehearsed; the last rehearsal, .*Z, was of others$/,
      ),
    });
    expect(await rehearsed({})).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(/^rehearsed on your own data of .*Z: 0 migrations, 41 s$/),
    });
    expect(await rehearsed({}, { notes: ['jobs: public.a is gone, it had 3 rows'] })).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/41 s; jobs: public\.a is gone, it had 3 rows$/),
    });
    expect(await rehearsed({}, { serverMajors: { jobs: major - 1 } })).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/; that was on another major version of Postgres than here$/),
    });
    const old = { bundle: { id: 'b', createdAt: new Date(Date.now() - 8 * 86_400_000) } };
    expect(await rehearsed(old)).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/more than 7 days ago$/),
    });
    expect(await rehearsed({ status: 'failed' }, { seconds: null, problem: 'jobs: it broke' })).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/ failed: jobs: it broke$/),
      remedy: 'npx plimsoll migrator rehearse',
    });
  });
});

test('free space is held against what the migrations write; where it cannot be seen that is a skip, unless none is needed', async () => {
  const filled = {
    jobs: ['create table wide (id integer, note text);', 'alter table wide alter note set storage external;'],
  };
  const rewriting = 'alter table wide alter column id type bigint;';
  await withRelease({ applied: filled, release: { jobs: [...filled.jobs, rewriting] } }, async (options, own) => {
    const freeOf = async (bytes: number | undefined) =>
      await check('free_space', { ...options, readFreeBytes: async () => bytes });
    expect(await freeOf(undefined)).toMatchObject({ status: 'pass' });
    await own.jobs.query('owner', "insert into wide select n, repeat('x', 400000) from generate_series(1, 100) n");
    expect(await freeOf(undefined)).toMatchObject({
      status: 'skip',
      message: expect.stringMatching(
        /^the pending migrations of jobs need about 8\d MB, and how much its server has free/,
      ),
    });
    expect(await freeOf(1e8)).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/need about 8\d MB, 100 MB are free/),
    });
    expect(await freeOf(3.9e8)).toMatchObject({ status: 'warn' });
    expect(await freeOf(1e10)).toMatchObject({ status: 'pass' });
    expect(await check('free_space', { ...options, readFreeBytes })).toMatchObject({ status: 'pass' });
  });
});

test('a tablespace on a disk that is nearly full fails by what its own tables need, though the server itself has room', async () => {
  await using disk = await smallDisk(64 * 1024 * 1024);
  const tablespace = `small_${process.pid}`;
  const filled = { jobs: ['create table wide (id integer, note text);'] };
  const rewriting = 'alter table wide alter column id type bigint;';
  await withRelease({ applied: filled, release: { jobs: [...filled.jobs, rewriting] } }, async (options, own) => {
    await own.jobs.query('superuser', `create tablespace ${tablespace} location '${disk.path}'`);
    await own.jobs.query('superuser', `alter table wide alter note set storage external, set tablespace ${tablespace}`);
    await own.jobs.query('owner', "insert into wide select n, repeat('x', 400000) from generate_series(1, 100) n");
    expect(await check('free_space', { ...options, readFreeBytes: disk.freeBytes })).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(
        new RegExp(`^the pending migrations of jobs need about 4\\d MB in ${disk.path}, 2\\d MB are free$`),
      ),
    });
    await own.jobs.query('owner', 'truncate wide');
    expect(await check('free_space', { ...options, readFreeBytes: disk.freeBytes })).toMatchObject({ status: 'pass' });
    await own.jobs.query('superuser', 'drop table wide');
    await own.jobs.query('superuser', `drop tablespace ${tablespace}`);
  });
});

test('a manifest that asks for more than there is fails one check, and what depends on the files is skipped', async () => {
  const wanted = { ...manifest, databases: { ...manifest.databases, jobs: { schemaVersion: 99 } } };
  const { checks } = await preflight({ manifest: wanted });
  const byCode = Object.fromEntries(checks.map((found) => [found.code, found]));
  expect(byCode['manifest_agrees']).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('the manifest requires jobs at version 99'),
  });
  expect(byCode['ledger_clean']).toMatchObject({ status: 'skip' });
});

test('migrations that the manifest does not ask for are told', async () => {
  const { schemaVersion } = manifest.databases.jobs;
  const fewer = { ...manifest, databases: { ...manifest.databases, jobs: { schemaVersion: schemaVersion - 1 } } };
  expect(await check('manifest_agrees', { manifest: fewer })).toMatchObject({
    status: 'warn',
    message: `jobs has ${schemaVersion} migrations, the manifest requires ${schemaVersion - 1}`,
  });
});

test('a setting that the release does not accept fails, with the problem', async () => {
  const checkSettings = (): readonly string[] => {
    try {
      readSettings({ PORT: 'eighty' }, ['PORT']);
      return [];
    } catch (error) {
      if (!hasCode(error, 'settings_invalid')) throw error;
      return error.details['problems'] as readonly string[];
    }
  };
  expect(await check('settings_valid', { checkSettings })).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^1 setting is wrong for this release: PORT/),
  });
});

test('a transaction that stays open is named with its age, and the command ends it', async () => {
  const idle = await cluster.connect('app', 'jobs');
  const { rows } = await idle.query<{ pid: number }>('begin; select pg_backend_pid() as pid').then(lastOf);
  const pid = rows[0]?.pid;
  await waitFor(
    async () =>
      (
        await cluster.query(
          'superuser',
          'jobs',
          `select 1 from pg_stat_activity where pid = ${pid} and xact_start < now() - interval '0.3 s'`,
        )
      ).length > 0,
    { what: 'the transaction to grow old' },
  );
  expect(await check('long_transactions', { longTransactionSeconds: 0.001 })).toMatchObject({ status: 'fail' });
  const found = await check('long_transactions', { longTransactionSeconds: 0.3 });
  expect(found).toMatchObject({
    status: 'warn',
    message: expect.stringContaining(
      `1 transaction in jobs is open: pid ${pid} (plimsoll test, idle in transaction) for `,
    ),
    remedy: expect.stringContaining(`-d jobs -c 'select pg_terminate_backend(${pid})'`),
  });
  expect(await check('long_transactions', { longTransactionSeconds: 3600 })).toMatchObject({ status: 'pass' });
  await type(found.remedy);
  await expect(idle.query('select 1')).rejects.toThrow();
});

function lastOf<T>(result: T): T {
  return Array.isArray(result) ? ((result as T[]).at(-1) ?? result) : result;
}

test('without the right to see them, open transactions are a skip and never a pass', async () => {
  const idle = await cluster.connect('superuser', 'jobs');
  await idle.query('begin; select 1');
  await cluster.query('superuser', 'config', 'revoke pg_monitor, plimsoll_monitor from plimsoll_owner');
  expect(await check('long_transactions', { longTransactionSeconds: 3600 })).toMatchObject({
    status: 'skip',
    message: expect.stringMatching(/^1 open transaction in jobs hides its age from the migrator's role \(pid \d+\)$/),
    remedy: expect.stringMatching(/^psql .*-U postgres .*'grant pg_monitor to "plimsoll_owner"'$/),
  });
  await type((await check('long_transactions', { longTransactionSeconds: 3600 })).remedy);
  expect(await check('long_transactions', { longTransactionSeconds: 3600 })).toMatchObject({ status: 'pass' });
  await idle.end();
});

async function untilSomebodyWaits(): Promise<void> {
  await waitFor(
    async () => (await cluster.query('superuser', 'jobs', 'select 1 from pg_locks where not granted')).length > 0,
    { what: 'a session to wait' },
  );
}

/** Types a remedy into a shell, as an operator would who knows the password. */
async function type(remedy: string, password = passwordOf(cluster)): Promise<void> {
  expect(remedy).toMatch(/^psql -h \S+ -U \S+ -d \S+ -c /);
  const shell = spawn('/bin/sh', ['-ec', remedy], {
    env: { PATH: '/usr/bin:/bin', PGPASSWORD: password, PGOPTIONS: '-c client_min_messages=warning' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => output.push(String(chunk)));
  const [code] = await once(shell, 'close');
  expect([code, output.join('')]).toEqual([0, expect.not.stringContaining('WARNING')]);
}

function passwordOf(own: OwnCluster): string {
  return decodeURIComponent(new URL(own.urls('superuser').jobs.reveal()).password);
}

test('a lock that is held is a warning; once somebody waits for it, a failure that names who blocks whom', async () => {
  const holder = await cluster.connect('owner', 'jobs');
  await holder.query('begin; lock table leases in share mode');
  expect(await check('lock_waits')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(
      /^1 lock in jobs keeps a table from being altered: pid \d+ \(plimsoll test\) has ShareLock on leases$/,
    ),
    remedy: expect.stringContaining('select pg_terminate_backend('),
  });
  const waiter = await cluster.connect('owner', 'jobs');
  const waiting = waiter.query('begin; lock table leases in access exclusive mode').catch(() => undefined);
  await untilSomebodyWaits();
  const blocked = await check('lock_waits');
  expect(blocked).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^1 session in jobs waits for a lock: pid \d+ for leases, held by pid \d+/),
  });
  await type(blocked.remedy);
  await waiting;
  await waiter.end();
  expect(await check('lock_waits')).toMatchObject({ status: 'pass' });
});

test('a prepared transaction fails, its lock is told as held by no session, and the command rolls it back', async () => {
  await cluster.query('owner', 'jobs', "begin; lock table leases in share mode; prepare transaction 'left ''behind'");
  const found = await check('prepared_transactions');
  expect(found).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(
      /^1 prepared transaction in jobs keeps its locks: left 'behind of plimsoll_owner, \d+ s old$/,
    ),
  });
  const showing = expect.stringContaining('select gid, prepared, owner from pg_prepared_xacts');
  expect(await check('lock_waits')).toMatchObject({
    status: 'warn',
    message: '1 lock in jobs keeps a table from being altered: a prepared transaction has ShareLock on leases',
    remedy: showing,
  });
  const waiter = await cluster.connect('owner', 'jobs');
  const waiting = waiter.query('begin; lock table leases in access exclusive mode');
  await untilSomebodyWaits();
  expect(await check('lock_waits')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/for leases, held by a prepared transaction$/),
    remedy: showing,
  });
  await type(found.remedy);
  await waiting;
  await waiter.end();
  expect(await check('prepared_transactions')).toMatchObject({ status: 'pass' });
});

test('a slot that nobody reads is a warning with what it keeps, and one that is lost a failure', async () => {
  await cluster.query('superuser', 'config', "select pg_create_physical_replication_slot('forgotten', true)");
  expect(await check('replication_slots')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(
      /^nobody reads from 1 replication slot on the server of config, results and jobs: forgotten, which keeps \d+/,
    ),
    remedy: expect.stringContaining('pg_drop_replication_slot'),
  });
  await cluster.query('superuser', 'config', "alter system set max_slot_wal_keep_size = '1MB'");
  await cluster.query('superuser', 'config', 'select pg_reload_conf()');
  for (let segment = 0; segment < 3; segment += 1) await cluster.query('superuser', 'config', 'select pg_switch_wal()');
  await cluster.query('superuser', 'config', 'create table public.w (); drop table public.w');
  await cluster.query('superuser', 'config', 'select pg_switch_wal()');
  await cluster.query('superuser', 'config', 'checkpoint');
  expect(await check('replication_slots')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/about to be lost: forgotten \((lost|unreserved)\)/),
  });
  await type((await check('replication_slots')).remedy);
  await cluster.query('superuser', 'config', 'alter system reset max_slot_wal_keep_size');
  await cluster.query('superuser', 'config', 'select pg_reload_conf()');
  expect(await check('replication_slots')).toMatchObject({ status: 'pass' });
});

test('a slot whose reader does not keep up is a warning, though it is being read', async () => {
  await cluster.query('superuser', 'jobs', "select pg_create_logical_replication_slot('slow', 'test_decoding')");
  const reader = await startReader(cluster.urls('superuser').jobs, 'slow');
  expect(await check('replication_slots')).toMatchObject({
    status: 'pass',
    message: expect.stringContaining('1 replication slot on the server of jobs, all being read'),
  });
  // A segment has 16 MB, whatever is in it.
  for (let segment = 0; segment < 17; segment += 1)
    await cluster.query('superuser', 'jobs', "select pg_logical_emit_message(false, 't', 'x'), pg_switch_wal()");
  expect(await check('replication_slots')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(
      /^1 replication slot on the server of jobs is read too slowly: slow keeps 2\d\d MB$/,
    ),
  });
  await reader.end();
  await waitFor(
    async () =>
      (await cluster.query('superuser', 'jobs', 'select 1 from pg_replication_slots where active')).length === 0,
    { what: 'the slot to be left' },
  );
  await cluster.query('superuser', 'jobs', "select pg_drop_replication_slot('slow')");
});

/** Reads from a slot, and never says that it has. */
async function startReader(url: Secret, slot: string): Promise<Client> {
  const options = { connectionString: url.reveal(), replication: 'database' };
  const reader = new Client(options);
  await reader.connect();
  reader.on('error', () => undefined);
  reader.query(`START_REPLICATION SLOT ${slot} LOGICAL 0/0`).catch(() => undefined);
  await waitFor(
    async () =>
      (await cluster.query('superuser', 'jobs', 'select 1 from pg_replication_slots where active')).length > 0,
    { what: 'the slot to be read' },
  );
  return reader;
}

test('an autovacuum to prevent wraparound is told, and first of all whom it waits for', async () => {
  await using own = await startOwnCluster({ autovacuum: 'on', autovacuum_naptime: '1s' });
  const options = { urls: own.urls('owner') };
  await own.query(
    'owner',
    'config',
    `create table old (note text) with (autovacuum_freeze_max_age = 100000, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
     insert into old select repeat('x', 1000) from generate_series(1, 2000)`,
  );
  const holder = await own.connect('owner', 'config');
  await holder.query('begin; lock table old in share update exclusive mode');
  await own.query('superuser', 'config', useUpTransactionIds);
  const until = async (what: string, state: string): Promise<void> =>
    void (await waitFor(
      async () =>
        (
          await own.query(
            'superuser',
            'config',
            `select 1 from pg_locks l join pg_stat_activity a using (pid)
             where a.backend_type = 'autovacuum worker' and l.relation = 'old'::regclass and ${state}`,
          )
        ).length > 0,
      { what, timeoutMs: 30_000 },
    ));
  await until('an autovacuum to wait', 'not l.granted');
  const waiting = await check('autovacuum', options);
  expect(waiting).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^1 autovacuum in config waits for a lock: pid \d+ on old, held by pid \d+$/),
  });
  await type(waiting.remedy, passwordOf(own));
  await holder.end();
  await until('an autovacuum to be at work', 'l.granted');
  expect(await check('autovacuum', options)).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^1 autovacuum to prevent wraparound in config will not give way: pid \d+ on old$/),
  });
  await own.query(
    'superuser',
    'config',
    "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'autovacuum worker'",
  );
  await own.query('owner', 'config', 'drop table old');
});

/** Each subtransaction that writes takes a number. */
const useUpTransactionIds = `
create temporary table used (n integer);
do $$ begin
  for n in 1 .. 101000 loop
    begin insert into used values (n); exception when others then raise; end;
  end loop;
end $$`;

test('a standby that falls behind is a warning, a standby in place of its primary a failure, one that nobody may see a skip', async () => {
  const [kind] = serverKinds();
  if (kind?.bin === undefined) throw new Error('install it: apt-get install postgresql');
  await using primary = await kind.start({ settings: unhurried, make: agedCluster(33_570 * 32_768) });
  await using standby = await kind.start({ make: standbyOf(primary) });
  const onPrimary = urlsOf(primary.url('postgres'));
  const replayed = async (): Promise<boolean> => {
    const rows = await primary.query(
      'postgres',
      "select 1 from pg_stat_replication where state = 'streaming' and replay_lsn = pg_current_wal_lsn()",
    );
    return rows.length > 0;
  };
  await waitFor(replayed, { what: 'the standby to keep up' });
  expect(await check('replication_lag', onPrimary)).toMatchObject({
    status: 'pass',
    message: 'the server of config, results and jobs is a primary, 1 standby within 256 MB',
  });
  await primary.query('postgres', 'create role lowly login');
  const lowly = new URL(primary.url('postgres').reveal());
  lowly.username = 'lowly';
  expect(await check('replication_lag', urlsOf(new Secret(lowly.href)))).toMatchObject({
    status: 'skip',
    message: expect.stringMatching(/^1 standby of .* hides its position from the migrator's role$/),
    remedy: expect.stringContaining('grant pg_monitor to "lowly"'),
  });
  await waitFor(replayed, { what: 'the standby to have the role' });
  await standby.query('postgres', 'select pg_wal_replay_pause()');
  for (let segment = 0; segment < 17; segment += 1)
    await primary.query('postgres', "select pg_logical_emit_message(false, 't', 'x'), pg_switch_wal()");
  expect(await check('replication_lag', onPrimary)).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^1 standby of config, results and jobs is behind: walreceiver by 2\d\d MB$/),
  });
  expect(await check('replication_lag', urlsOf(standby.url('postgres')))).toMatchObject({
    status: 'fail',
    message: 'the server of config, results and jobs is a standby, which cannot be migrated',
  });
  await standby.query('postgres', 'select pg_wal_replay_resume()');
  const used = await check('wraparound', onPrimary);
  expect(used).toMatchObject({
    status: 'warn',
    message: 'config, results and jobs: 51 % of the transaction ids used',
  });
  await type(used.remedy);
  expect(await check('wraparound', onPrimary)).toMatchObject({ status: 'pass' });
});

/** Nothing is vacuumed of its own accord, not even to prevent wraparound. */
const unhurried = ['fsync=off', 'autovacuum=off', 'autovacuum_freeze_max_age=2000000000'];

test('a server that has used up four fifths of its transaction ids fails', async () => {
  const [kind] = serverKinds();
  await using server = await kind?.start({ settings: unhurried, make: agedCluster(53_406 * 32_768) });
  if (server === undefined) throw new Error('there is no server');
  expect(await check('wraparound', urlsOf(server.url('postgres')))).toMatchObject({
    status: 'fail',
    message: 'config, results and jobs: 82 % of the transaction ids used',
    remedy: expect.stringMatching(/^psql .*-c 'vacuum \(freeze, verbose\)'$/),
  });
});

function urlsOf(url: Secret): Partial<PreflightOptions> {
  return { urls: { config: url, results: url, jobs: url } };
}

test('a logical slot is told of its own database alone', async () => {
  await cluster.query('superuser', 'jobs', "select pg_create_logical_replication_slot('out', 'pgoutput')");
  expect(await check('replication_slots')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/on the server of jobs: out/),
  });
  await cluster.query('superuser', 'jobs', "select pg_drop_replication_slot('out')");
});

test('a server whose connections are nearly used up warns', async () => {
  const ofChecks = "select from pg_stat_activity where application_name in ('plimsoll-preflight', 'plimsoll-migrator')";
  // What an earlier run has used would count as taken now, and be free when the check looks.
  await waitFor(async () => (await cluster.query('superuser', 'config', ofChecks)).length === 0, {
    what: 'the connections of earlier runs to end',
  });
  const clients = [];
  const free = async (): Promise<number> => {
    const rows = await cluster.query(
      'superuser',
      'config',
      "select 57 - count(*)::integer as free from pg_stat_activity where backend_type = 'client backend'",
    );
    return Number(rows[0]?.['free']);
  };
  while ((await free()) > 7) clients.push(await cluster.connect('app', 'config'));
  expect(await check('connection_slots')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^the server of config\b.* has \d connections of 57 free/),
  });
  while ((await free()) > 1) clients.push(await cluster.connect('app', 'config'));
  expect(await check('connection_slots')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(
      /^the server of .* (turned this run away: it has no connection left|has [012] connections? of 57 free)/,
    ),
    remedy: expect.stringContaining('-U postgres'),
  });
  await Promise.all(clients.map(async (client) => await client.end()));
});

test('a clock that is ahead or behind is told in seconds, by how far it is', async () => {
  const ahead = { now: () => new Date(Date.now() + 10_000) };
  expect(await check('clock_skew', { clock: ahead })).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^the clock of config\b.* is (?:9\.\d|10\.0) s behind the one here/),
  });
  const behind = { now: () => new Date(Date.now() - 3_600_000) };
  expect(await check('clock_skew', { clock: behind })).toMatchObject({ status: 'fail' });
});

test.each(['backup_exists', 'backup_age', 'backup_verified', 'backup_proven', 'backup_schema'])(
  '%s fails without any bundle, and is skipped when the service does not tell',
  async (code) => {
    expect(await check(code, { readLastBackup: async () => answerWith(null) })).toMatchObject({
      status: 'fail',
      message: 'the backup service has no bundle at all',
      remedy: 'npx plimsoll backup take',
    });
    const refused = explainFailure(new Error('connect ECONNREFUSED'), 'http://backup:8081');
    expect(await check(code, { readLastBackup: async () => await Promise.reject(refused) })).toMatchObject({
      status: 'skip',
      message: 'the backup service at http://backup:8081 cannot be reached: connect ECONNREFUSED',
      remedy: 'Start the backup service (`npx plimsoll backup serve`), or correct BACKUP_SERVICE_URL.',
    });
  },
);

test('a damaged bundle is none to rely on', async () => {
  const damaged = soundBundle({ state: 'damaged', damage: 'jobs.dump has another checksum' });
  expect(await check('backup_exists', { readLastBackup: async () => answerWith(damaged) })).toMatchObject({
    status: 'fail',
    message: `the last bundle, ${damaged.id}, is damaged: jobs.dump has another checksum`,
  });
});

test('a bundle that is old, unverified or of other schema versions is told in numbers', async () => {
  const old = soundBundle({
    createdAt: new Date(Date.now() - 40 * 3_600_000).toISOString(),
    verifiedAt: null,
    state: 'completed',
    schemaVersions: {
      config: 1,
      results: manifest.databases.results.schemaVersion,
      jobs: manifest.databases.jobs.schemaVersion,
    },
  });
  const { checks } = await preflight({ readLastBackup: async () => answerWith(old) });
  const byCode = Object.fromEntries(checks.map((found) => [found.code, found]));
  expect(byCode['backup_age']).toMatchObject({
    status: 'warn',
    message: 'the last bundle is 40 h old, the limit is 26 h',
    remedy: 'npx plimsoll backup take',
  });
  expect(byCode['backup_verified']).toMatchObject({
    status: 'warn',
    remedy: `npx plimsoll backup verify ${old.id}`,
  });
  expect(byCode['backup_proven']).toMatchObject({
    status: 'warn',
    message: `the last bundle, ${old.id}, was never proven by a restore; nor was any other`,
  });
  expect(byCode['backup_schema']).toMatchObject({
    status: 'fail',
    message: expect.stringContaining(`config is at ${manifest.databases.config.schemaVersion}, in the bundle 1`),
  });
});

async function enrolScanner(protocol: number): Promise<void> {
  await cluster.query(
    'owner',
    'config',
    `insert into scanner_census (binary_version, protocol_version, registered, online)
     values ('${protocol}.0.0', ${protocol}, 1, 1)`,
  );
}

test('scanners outside the window of the release to come are counted, and jobs that would have nobody', async () => {
  await enrolScanner(1);
  await enrolScanner(2);
  const next = { ...manifest, scannerProtocol: { min: 2, max: 3 } };
  expect(await check('fleet_window')).toMatchObject({
    status: 'pass',
    message: 'all 2 scanners are within protocol 1 to 2',
  });
  expect(await check('fleet_window', { manifest: next })).toMatchObject({
    status: 'warn',
    message: '1 of 2 scanners drops out of protocol 2 to 3: 1 × 1.0.0 (protocol 1); 0 of them are not online now',
  });
  const distant = { ...manifest, scannerProtocol: { min: 7, max: 9 } };
  expect(await check('fleet_window', { manifest: distant })).toMatchObject({ status: 'fail' });
  await cluster.query(
    'owner',
    'jobs',
    `insert into pgboss.job (name, data) values ('scan-jobs', '{}'), ('scan-jobs', '{}')`,
  );
  expect(await check('queued_jobs')).toMatchObject({
    status: 'pass',
    message: '2 queued jobs have 2 online scanners within the new window',
  });
  expect(await check('queued_jobs', { manifest: distant })).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^2 queued jobs would have nobody: of 2 scanners online none is within/),
  });
  await cluster.query(
    'superuser',
    'jobs',
    `insert into leases (lease_id, job_id, scanner_id, attempt, epoch, protocol_version, expires_at)
     values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 0, 1, now() + interval '1 hour')`,
  );
  expect(await check('jobs_in_flight', { manifest: next })).toMatchObject({
    status: 'warn',
    message: '1 of 1 job in flight is with scanners outside the new window, and may be done twice',
  });
  expect(await check('jobs_in_flight')).toMatchObject({ status: 'pass' });
  await cluster.query('superuser', 'jobs', 'delete from leases; delete from pgboss.job');
  await cluster.query('superuser', 'config', 'delete from scanner_census');
});

test('a run is recorded before the first migration, is read back as it was, and can be neither changed nor deleted', async () => {
  await withRelease({ release: { jobs: ['create table a ();'] } }, async (options, own) => {
    const report = await preflight(options);
    const url = own.urls('owner').config;
    expect(await recordPreflight(report, { url, operator: 'ada' })).toMatchObject({ ranBy: 'ada', isNew: true });
    expect(await recordPreflight(await preflight(options), { url, operator: undefined })).toMatchObject({
      ranBy: 'plimsoll_owner',
      ranBySource: 'role',
    });
    const client = await connectTo(own.config.urls.app);
    const { latest, upcoming } = await readRecordedRuns(client, '1.5.0');
    expect(upcoming).toEqual(latest);
    expect((await readRecordedRuns(client, '1.6.0')).upcoming).toBeNull();
    await client.end();
    expect(latest?.run).toMatchObject({ ranBy: 'plimsoll_owner', targetVersion: '1.6.0', targetImageSha: 'abc123' });
    expect(latest?.run.checks.map(({ code }) => code)).toEqual(report.checks.map(({ code }) => code));
    expect(latest?.fingerprint).toMatchObject({ schemaVersions: { config: 0, results: 0, jobs: 0 } });
    for (const change of ['delete from', 'truncate', "update plimsoll.preflight_run set status = 'pass' --"])
      await expect(own.config.query('owner', `${change} plimsoll.preflight_run`)).rejects.toThrow('append-only');
    // The migrator finds its schema there already.
    using release = createMigrationsFolder({ jobs: ['create table a ();'] });
    const migrated = await runMigrator({
      urls: own.urls('owner'),
      manifest: release.manifest,
      migrationsDir: release.dir,
    });
    expect(migrated.databases.map(({ outcome }) => outcome)).toEqual(['up-to-date', 'up-to-date', 'migrated']);
  });
});

test('many first runs at the same time are all recorded', async () => {
  await using own = await createTestDatabases();
  const report = await preflight();
  const url = own.urls('owner').config;
  const runs = Array.from({ length: 8 }, (_, index) => ({
    ...report,
    id: `00000000-0000-0000-0000-00000000000${index}`,
  }));
  await Promise.all(runs.map(async (run) => await recordPreflight(run, { url, operator: 'ada' })));
  expect(await own.config.query('app', 'select count(*)::integer as runs from plimsoll.preflight_run')).toEqual([
    { runs: 8 },
  ]);
});

test('a run that cannot be recorded says so, with the reason and the way out', async () => {
  const report = await preflight();
  const url = cluster.urls('readonly').config;
  await expect(recordPreflight(report, { url, operator: undefined })).rejects.toMatchObject({
    code: 'preflight_not_recorded',
    exitCode: 2,
  });
});

test('databases that hang make skips, and the run still ends', async () => {
  const server = createServer(() => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hanging = new Secret(`postgres://owner@127.0.0.1:${port}/x`);
  const report = await preflight({ urls: { ...cluster.urls('owner'), config: hanging, jobs: hanging } });
  expect(report.checks.find(({ code }) => code === 'database_reachable')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^config and jobs database .* no answer within 5000 ms \[database_timeout\]$/),
  });
  server.close();
});

/** Ways in which a check may ask the world. */
type Ask = (...values: unknown[]) => unknown;

/** The context, with every way of asking a database or the world gone through `meet`, which is told its name. */
function asking(context: PreflightContext, meet: (name: string, ask: Ask) => Ask): PreflightContext {
  const wording = new Set(['worded', 'inPsql', 'asSuperuser', 'onServer']);
  const changed = <T extends object>(from: T): T =>
    Object.fromEntries(
      Object.entries(from).map(([name, value]) => [
        name,
        typeof value === 'function' && !wording.has(name) ? meet(name, value as Ask) : value,
      ]),
    ) as T;
  const { config, results, jobs } = context.databases;
  return {
    ...changed(context),
    databases: { config: changed(config), results: changed(results), jobs: changed(jobs) },
  };
}

test('whatever a check asks for: a reason for not telling makes it a skip with that reason, anything else a failure, never a pass', async () => {
  const subject = {
    manifest,
    migrationsDir: defaultMigrationsDir(),
    imageSha: 'abc123',
    urls: cluster.urls('owner'),
    migratorCommand,
    clock: systemClock,
    readLastBackup: async () => answerWith(soundBundle()),
    readFreeBytes: async () => 1e12,
    checkSettings: () => [],
  };
  const { context, close } = openContext(subject, subject);
  const askedBy = async (check: Check): Promise<Set<string>> => {
    const names = new Set<string>();
    await check.run(
      asking(context, (name, ask) => (...values) => {
        names.add(name);
        return ask(...values);
      }),
    );
    return names;
  };
  const whenItThrows = async (check: Check, asked: string, error: Error) =>
    await check.run(
      asking(context, (name, ask) => (...values) => {
        if (name === asked) throw error;
        return ask(...values);
      }),
    );
  const reason = explainFailure(new Error('nobody is there'), 'http://backup:8081');
  let tried = 0;
  for (const check of allChecks)
    for (const asked of await askedBy(check)) {
      tried += 1;
      const told = alwaysLook.has(check.code) && asked !== 'checkSettings' ? 'fail' : 'skip';
      expect(await whenItThrows(check, asked, reason), `${check.code} without ${asked}`).toMatchObject({
        status: told,
        message: expect.stringContaining('nobody is there'),
      });
      expect(
        await whenItThrows(check, asked, new TypeError('no function')),
        `${check.code}, broken ${asked}`,
      ).toMatchObject({
        status: 'fail',
        message: expect.stringMatching(/^the check itself crashed\b.*: no function/),
      });
    }
  expect(tried).toBeGreaterThan(allChecks.length);
  await close();
});

/** Checks that always have something to say: what they read is either there or their failure. */
const alwaysLook = new Set(['manifest_agrees', 'settings_valid', 'database_reachable']);

test('every outcome of every check, and its having nothing to look at, was brought about by a test of this file', () => {
  const wanted = allChecks.flatMap(({ code, outcomes }) =>
    outcomes.map(({ status, when }) => keyOf(code, status, when)),
  );
  const asking = allChecks.filter(({ code }) => !alwaysLook.has(code));
  const skips = asking.map(({ code }) => keyOf(code, 'skip', couldNotLook));
  const whole = everythingLookedAt.outcomes.map(({ status }) => keyOf(everythingLookedAt.code, status, ''));
  expect([...wanted, ...skips, ...whole].filter((key) => !seen.has(key))).toEqual([]);
});

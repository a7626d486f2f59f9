import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createMigrationsFolder,
  startOwnCluster,
  waitFor,
  type MigrationFiles,
  type OwnCluster,
} from '../../test/testkit/index.ts';
import { explainFailure } from '../backups/client/index.ts';
import { Secret, systemClock } from '../base/index.ts';
import type { BundleSummary, DatabaseName, LatestBundle, Manifest, PreflightCheck } from '../contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../manifest/index.ts';
import { runMigrator } from '../migrator/index.ts';
import { connect } from '../postgres/index.ts';
import { readFreeBytes, readLatestPreflight, recordPreflight, runPreflight, type PreflightOptions } from './index.ts';

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

async function preflight(change: Partial<PreflightOptions> = {}) {
  return await runPreflight({
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
    ...change,
  });
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

test('a pooler in between shows itself by the process that it names', async () => {
  const pooler = await startPooler(cluster.urls('owner').jobs);
  const urls = { ...cluster.urls('owner'), jobs: pooler.url };
  expect(await check('direct_connection', { urls })).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(
      /^jobs is reached through a pooler: it greeted as process 77, process \d+ answered$/,
    ),
    remedy: 'Set MIGRATOR_JOBS_DATABASE_URL to the address of the server itself.',
  });
  await pooler.stop();
});

/** Names itself in the greeting, as every pooler does, since the process behind it may change. */
async function startPooler(target: Secret) {
  const url = new URL(target.reveal());
  const server = createServer((client) => {
    const upstream = connectSocket(
      `${url.searchParams.get('host')}/.s.PGSQL.${url.searchParams.get('port') ?? '5432'}`,
    );
    const keyMessage = Buffer.from([0x4b, 0, 0, 0, 12]);
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      const at = chunk.indexOf(keyMessage);
      if (at !== -1) chunk.writeInt32BE(77, at + keyMessage.length);
      client.write(chunk);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.searchParams.delete('host');
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: new Secret(through.href),
    stop: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** A made-up release on three databases of its own, since it shares no migration with the product's. */
async function withRelease<T>(
  { applied, release }: { applied?: MigrationFiles; release: MigrationFiles },
  work: (options: Partial<PreflightOptions>, own: OwnCluster) => Promise<T>,
): Promise<T> {
  await using own = await startOwnCluster({});
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
    await own.query('owner', 'jobs', 'drop index a_by_id');
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

test('free space is held against what the migrations write; where it cannot be seen that is a skip, unless none is needed', async () => {
  const filled = {
    jobs: ['create table wide (id integer, note text);', 'alter table wide alter note set storage external;'],
  };
  const rewriting = 'alter table wide alter column id type bigint;';
  await withRelease({ applied: filled, release: { jobs: [...filled.jobs, rewriting] } }, async (options, own) => {
    const freeOf = async (bytes: number | undefined) =>
      await check('free_space', { ...options, readFreeBytes: async () => bytes });
    expect(await freeOf(undefined)).toMatchObject({ status: 'pass' });
    await own.query('owner', 'jobs', "insert into wide select n, repeat('x', 400000) from generate_series(1, 100) n");
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

test('a setting that the release does not accept fails, with the problem', async () => {
  expect(await check('settings_valid', { checkSettings: () => ['PORT must be a whole number'] })).toMatchObject({
    status: 'fail',
    message: '1 setting is wrong for this release: PORT must be a whole number',
  });
});

test('a transaction that stays open is named with its age, and the command ends it', async () => {
  const idle = await cluster.connect('app', 'jobs');
  const { rows } = await idle.query<{ pid: number }>('begin; select pg_backend_pid() as pid').then(lastOf);
  const found = await check('long_transactions', { longTransactionSeconds: 0.001 });
  const pid = rows[0]?.pid;
  expect(found).toMatchObject({
    message: expect.stringContaining(
      `1 transaction in jobs is open: pid ${pid} (plimsoll test, idle in transaction) for `,
    ),
    remedy: expect.stringContaining(`-d jobs -c 'select pg_terminate_backend(${pid})'`),
  });
  expect(['warn', 'fail']).toContain(found.status);
  expect(await check('long_transactions', { longTransactionSeconds: 3600 })).toMatchObject({ status: 'pass' });
  await idle.end();
});

function lastOf<T>(result: T): T {
  return Array.isArray(result) ? ((result as T[]).at(-1) ?? result) : result;
}

test('without the right to see them, open transactions are a skip and never a pass', async () => {
  const idle = await cluster.connect('superuser', 'jobs');
  await idle.query('begin; select 1');
  await cluster.query('superuser', 'config', 'revoke pg_monitor from plimsoll_owner');
  expect(await check('long_transactions', { longTransactionSeconds: 3600 })).toMatchObject({
    status: 'skip',
    message: expect.stringMatching(/^1 open transaction in jobs hides its age from the migrator's role \(pid \d+\)$/),
    remedy: expect.stringContaining('grant pg_read_all_stats to plimsoll_owner'),
  });
  await cluster.query('superuser', 'config', 'grant pg_monitor to plimsoll_owner');
  await idle.end();
});

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
  await waitFor(
    async () => (await cluster.query('superuser', 'jobs', 'select 1 from pg_locks where not granted')).length > 0,
    { what: 'the second session to wait' },
  );
  expect(await check('lock_waits')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^1 session in jobs waits for a lock: pid \d+ for leases, held by pid \d+/),
  });
  await holder.end();
  await waiting;
  await waiter.end();
  expect(await check('lock_waits')).toMatchObject({ status: 'pass' });
});

test('a prepared transaction fails, and the command rolls it back', async () => {
  await cluster.query('owner', 'results', "begin; prepare transaction 'left behind'");
  expect(await check('prepared_transactions')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(
      /^1 prepared transaction in results keeps its locks: left behind of plimsoll_owner, \d+ s old$/,
    ),
    remedy: expect.stringContaining('rollback prepared'),
  });
  await cluster.query('owner', 'results', "rollback prepared 'left behind'");
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
  await cluster.query('superuser', 'config', "select pg_drop_replication_slot('forgotten')");
});

test('a logical slot is told of its own database alone', async () => {
  await cluster.query('superuser', 'jobs', "select pg_create_logical_replication_slot('out', 'pgoutput')");
  expect(await check('replication_slots')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/on the server of jobs: out/),
  });
  await cluster.query('superuser', 'jobs', "select pg_drop_replication_slot('out')");
});

test('a server whose connections are nearly used up warns', async () => {
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
  await Promise.all(clients.map(async (client) => await client.end()));
});

test('a clock that is ahead or behind is told in seconds, by how far it is', async () => {
  const ahead = { now: () => new Date(Date.now() + 10_000) };
  expect(await check('clock_skew', { clock: ahead })).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^the clock of config\b.* is 9\.\d s behind the one here/),
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
    message: expect.stringContaining('config is at 8, in the bundle 1'),
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
    expect(await recordPreflight(report, { url, operator: 'ada' })).toBe('ada');
    expect(await recordPreflight(await preflight(options), { url, operator: undefined })).toBe('plimsoll_owner');
    const client = await connect({
      name: 'config',
      url: own.urls('app').config,
      applicationName: 't',
      connectTimeoutMs: 5000,
    });
    const latest = await readLatestPreflight(client);
    await client.end();
    expect(latest?.run).toMatchObject({ ranBy: 'plimsoll_owner', targetVersion: '1.6.0', targetImageSha: 'abc123' });
    expect(latest?.run.checks.map(({ code }) => code)).toEqual(report.checks.map(({ code }) => code));
    expect(latest?.fingerprint).toMatchObject({ schemaVersions: { config: 0, results: 0, jobs: 0 } });
    for (const change of ['delete from', 'truncate', "update plimsoll.preflight_run set status = 'pass' --"])
      await expect(own.query('owner', 'config', `${change} plimsoll.preflight_run`)).rejects.toThrow('append-only');
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
  await using own = await startOwnCluster({});
  const report = await preflight();
  const url = own.urls('owner').config;
  const runs = Array.from({ length: 8 }, (_, index) => ({
    ...report,
    id: `00000000-0000-0000-0000-00000000000${index}`,
  }));
  await Promise.all(runs.map(async (run) => await recordPreflight(run, { url, operator: 'ada' })));
  expect(await own.query('app', 'config', 'select count(*)::integer as runs from plimsoll.preflight_run')).toEqual([
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

test.each<DatabaseName>(['config', 'jobs'])(
  'a %s database that hangs makes skips, and the run still ends',
  async (name) => {
    const server = createServer(() => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const urls = { ...cluster.urls('owner'), [name]: new Secret(`postgres://owner@127.0.0.1:${port}/x`) };
    const report = await preflight({ urls });
    expect(report.checks.find(({ code }) => code === 'database_reachable')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('[database_timeout]'),
    });
    server.close();
  },
);

import { expect, test } from 'vitest';
import {
  createMigrationsFolder,
  createTestDatabases,
  waitFor,
  type MigrationsFolder,
  type TestDatabases,
} from '../../test/testkit/index.ts';
import { connect } from '../postgres/index.ts';
import { defaultMigrationsDir, defaultManifestPath, readManifest } from '../manifest/index.ts';
import type { MigratorEvent } from './events.ts';
import { tryLockSql } from './lock.ts';
import { runMigrator, type MigratorOptions } from './run.ts';

const twoTables = {
  config: ['create table a (id integer);', 'create table b (id integer);'],
  jobs: ['create table c (id integer);'],
};

function options(
  databases: TestDatabases,
  release: MigrationsFolder,
  more: Partial<MigratorOptions> = {},
): MigratorOptions {
  return {
    urls: databases.urls('owner'),
    manifest: release.manifest,
    migrationsDir: release.dir,
    patience: { lockTimeoutMs: 100, lockAttempts: 4 },
    ...more,
  };
}

async function ledgerOf(databases: TestDatabases, name: 'config' | 'results' | 'jobs' = 'config') {
  return await databases[name].query('app', 'select * from plimsoll.schema_migration order by version');
}

test('a first run applies everything, a second finds nothing to do', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  const first = await runMigrator(options(databases, release, { operator: 'ada', imageSha: 'abc123' }));
  expect(first.databases).toMatchObject([
    {
      name: 'config',
      outcome: 'migrated',
      from: 0,
      current: 2,
      required: 2,
      applied: [{ version: 1 }, { version: 2 }],
    },
    { name: 'results', outcome: 'up-to-date', from: 0, current: 0, required: 0, applied: [] },
    { name: 'jobs', outcome: 'migrated', from: 0, current: 1, required: 1 },
  ]);
  expect(await ledgerOf(databases)).toMatchObject([
    {
      version: 1,
      name: 'step_1',
      applied_by: 'ada',
      applied_by_source: 'operator',
      app_version: '9.9.9',
      image_sha: 'abc123',
      run_id: first.runId,
      oldest_compatible: 0,
    },
    { version: 2, name: 'step_2', oldest_compatible: 1, finished_at: expect.any(Date) },
  ]);
  const second = await runMigrator(options(databases, release));
  expect(second.databases.map(({ outcome }) => outcome)).toEqual(['up-to-date', 'up-to-date', 'up-to-date']);
});

test("this release's own migrations bring every database to the version of the manifest", async () => {
  await using databases = await createTestDatabases();
  const manifest = await readManifest(defaultManifestPath());
  const report = await runMigrator({ urls: databases.urls('owner'), manifest, migrationsDir: defaultMigrationsDir() });
  expect(report.databases.map(({ error }) => error)).toEqual([null, null, null]);
  expect(report.databases.map(({ current }) => current)).toEqual(
    Object.values(manifest.databases).map(({ schemaVersion }) => schemaVersion),
  );
});

test('without OPERATOR the database role is recorded, and the row says so', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  await runMigrator(options(databases, release));
  expect(await ledgerOf(databases)).toMatchObject([{ applied_by: 'plimsoll_owner', applied_by_source: 'role' }, {}]);
});

test('a failing migration is rolled back, what came before it stays, and the error shows the line', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: [
      'create table a (id integer);',
      '-- é\ncreate table b (id integer);\n\nalter table nowhere\n  add column x integer;\n',
    ],
    results: ['create table r (id integer);'],
  });
  const report = await runMigrator(options(databases, release));
  expect(report.split).toBe(true);
  expect(report.databases[0]).toMatchObject({
    outcome: 'failed',
    from: 0,
    current: 1,
    applied: [{ version: 1 }],
    error: { code: 'migration_failed' },
  });
  expect(report.databases[0]?.error?.message).toMatch(
    /0002_step_2\.sql:4: relation "nowhere" does not exist \(SQLSTATE 42P01\); the migration was rolled back \| 4: alter table nowhere$/,
  );
  expect(report.databases[1]).toMatchObject({ outcome: 'migrated' });
  expect(await databases.config.query('owner', "select to_regclass('b') as b")).toEqual([{ b: null }]);
  expect(
    await databases.config.query('owner', 'select outcome, schema_version, note from plimsoll.migration_run'),
  ).toMatchObject([{ outcome: 'failed', schema_version: 1, note: expect.stringContaining('nowhere') }]);
});

test('an error without a position is found by counting the statements that went well', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: [
      'create table a (id integer);\ninsert into a values (1), (1);\n\ncreate unique index on a (id);\nselect 1;',
    ],
  });
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]?.error?.message).toMatch(/0001_step_1\.sql:4: could not create unique index/);
});

test('what a migration sets for its session does not reach the next one', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: [
      "set search_path = pg_catalog; set statement_timeout = '1ms';",
      'select pg_sleep(0.05); create table a (id integer);',
    ],
  });
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]).toMatchObject({ outcome: 'migrated', current: 2 });
  expect(await databases.config.query('owner', "select to_regclass('public.a') is not null as there")).toEqual([
    { there: true },
  ]);
});

test('a temporary table of one migration does not stand before the real table in the next', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: [
      'create table a (id integer);',
      'create temp table a as select * from public.a; prepare p as select 1; listen x;',
      'prepare p as select 2; alter table a add column note text;',
      '-- plimsoll: transaction=none\ncreate temp table a (id integer)',
      'alter table a add column remark text;',
    ],
  });
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]).toMatchObject({ outcome: 'migrated', current: 5, error: null });
  const columns = "select column_name from information_schema.columns where table_schema = 'public' order by 1";
  expect(await databases.config.query('owner', columns)).toEqual(
    ['id', 'note', 'remark'].map((column_name) => ({ column_name })),
  );
});

test('a migration that is tried again for a lock may prepare the same statement again', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: ['create table a (id integer);', 'prepare p as select 1; alter table a add column b integer;'],
  });
  await runMigrator(options(databases, release, { to: 1, only: ['config'] }));
  const spec = { name: 'config', url: databases.config.urls.owner, applicationName: 'x', connectTimeoutMs: 5000 };
  const blocker = await connect(spec);
  await blocker.query('begin; select * from a');
  const onEvent = ({ kind }: MigratorEvent): void => {
    if (kind === 'retrying') void blocker.query('commit');
  };
  const report = await runMigrator(options(databases, release, { onEvent }));
  await blocker.end();
  expect(report.databases[0]).toMatchObject({ outcome: 'migrated', error: null });
});

test('a migrator that waits for another says for whom, and gives up in the end', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  const spec = { name: 'config', url: databases.config.urls.owner, applicationName: 'stuck', connectTimeoutMs: 5000 };
  const stuck = await connect(spec);
  await stuck.query(`select ${tryLockSql}`);
  const events: MigratorEvent[] = [];
  const more = { patience: { waitTimeoutMs: 50 }, onEvent: (event: MigratorEvent) => void events.push(event) };
  const report = await runMigrator(options(databases, release, { ...more, only: ['config'] }));
  const holder = { pid: expect.any(Number), applicationName: 'stuck', since: expect.any(Date) };
  expect(events).toEqual([{ kind: 'waiting', database: 'config', holder }]);
  expect(report.databases[0]).toMatchObject({
    outcome: 'failed',
    error: {
      code: 'migrator_wait_timeout',
      message: expect.stringMatching(
        /held the migrator's lock on config for 50 ms: pid \d+ \(stuck\), connected since/,
      ),
      remedy: expect.stringMatching(/select pg_terminate_backend\(\d+\)/),
    },
  });
  await stuck.end();
  expect((await runMigrator(options(databases, release))).databases[0]).toMatchObject({ outcome: 'migrated' });
});

test("a migration that lets go of all advisory locks does not let go of the migrator's", async () => {
  await using databases = await createTestDatabases();
  const held = "exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as held";
  using release = createMigrationsFolder({
    config: [
      'select pg_advisory_unlock_all();',
      `create table one as select ${held};`,
      '-- plimsoll: transaction=none\ndiscard all',
      `create table two as select ${held};`,
    ],
  });
  expect((await runMigrator(options(databases, release))).databases[0]).toMatchObject({ outcome: 'migrated' });
  const seen = await databases.config.query('owner', 'select * from one union all select * from two');
  expect(seen).toEqual([{ held: true }, { held: true }]);
});

test('a migration whose lock another migrator took is migration_lock_lost, and rolled back', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: [
      `create table a (id integer); select pg_advisory_unlock_all(); do $$ begin
        while not exists (select from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid()
          and database = (select oid from pg_database where datname = current_database()))
        loop perform pg_sleep(0.01); end loop; end $$;`,
    ],
  });
  const spec = { name: 'config', url: databases.config.urls.owner, applicationName: 'x', connectTimeoutMs: 5000 };
  const other = await connect(spec);
  const isTaken = async () => (await other.query(`select ${tryLockSql} as taken`)).rows[0]?.['taken'] === true;
  const started = Promise.withResolvers<void>();
  const running = runMigrator(options(databases, release, { only: ['config'], onEvent: () => started.resolve() }));
  await started.promise;
  await waitFor(isTaken, { what: 'the lock that the migration lets go' });
  const report = await running;
  await other.end();
  expect(report.databases[0]).toMatchObject({ outcome: 'failed', current: 0, error: { code: 'migration_lock_lost' } });
  expect(await databases.config.query('owner', "select to_regclass('a') as a")).toEqual([{ a: null }]);
});

test('a migration that waits for a table lock steps back, tries again, and gets it once it is free', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: ['create table a (id integer);', 'alter table a add column b integer;'],
  });
  await runMigrator(options(databases, release, { to: 1, only: ['config'] }));
  const blocker = await connect({
    name: 'config',
    url: databases.config.urls.owner,
    applicationName: 'slow-report',
    connectTimeoutMs: 5000,
  });
  await blocker.query('begin; select * from a');
  const events: MigratorEvent[] = [];
  const onEvent = (event: MigratorEvent): void => {
    events.push(event);
    if (event.kind === 'retrying' && event.attempt === 3) void blocker.query('commit');
  };
  const report = await runMigrator(
    options(databases, release, { onEvent, patience: { lockTimeoutMs: 60, lockAttempts: 20 } }),
  );
  await blocker.end();
  expect(report.databases[0]).toMatchObject({ outcome: 'migrated', current: 2 });
  expect(events.filter(({ kind }) => kind === 'retrying').length).toBeGreaterThanOrEqual(2);
});

test('a lock that never comes free ends in migration_lock_timeout, which names the session that holds it', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: ['create table a (id integer);', 'alter table a add column b integer;'],
  });
  await runMigrator(options(databases, release, { to: 1, only: ['config'] }));
  const blocker = await connect({
    name: 'config',
    url: databases.config.urls.app,
    applicationName: 'slow-report',
    connectTimeoutMs: 5000,
  });
  await databases.config.query('superuser', 'grant select on a to plimsoll_app');
  await blocker.query('begin; select * from a');
  const report = await runMigrator(options(databases, release, { patience: { lockTimeoutMs: 300, lockAttempts: 4 } }));
  await blocker.end();
  expect(report.databases[0]).toMatchObject({
    outcome: 'failed',
    current: 1,
    error: { code: 'migration_lock_timeout' },
  });
  expect(report.databases[0]?.error?.message).toMatch(/got no lock in 4 attempts; held by pid \d+ \(slow-report\)$/);
});

test('a statement that runs too long is migration_timeout', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: ['select pg_sleep(20);'] });
  const report = await runMigrator(options(databases, release, { patience: { statementTimeoutMs: 50 } }));
  expect(report.databases[0]).toMatchObject({ outcome: 'failed', current: 0, error: { code: 'migration_timeout' } });
});

test('a statement that somebody cancels is migration_cancelled, and no limit is blamed', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: ['select pg_sleep(20);'] });
  const running = runMigrator(options(databases, release, { only: ['config'] }));
  const cancel = `select pg_cancel_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'plimsoll-migrator' and query like '%pg_sleep%'`;
  await waitFor(async () => (await databases.config.query('owner', cancel)).length > 0, {
    what: 'the migration to run',
  });
  const report = await running;
  expect(report.databases[0]).toMatchObject({ outcome: 'failed', error: { code: 'migration_cancelled' } });
  expect(report.databases[0]?.error?.remedy).not.toContain('MIGRATOR_STATEMENT_TIMEOUT_MS');
});

test('a limit that the file itself sets is not blamed on the setting, which sets none', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: ["set statement_timeout = '20ms'; select pg_sleep(20);"] });
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]?.error).toMatchObject({
    code: 'migration_timeout',
    remedy: expect.stringMatching(/^The file sets a statement_timeout itself/),
  });
});

test('a database that takes no writes is database_read_only, and the hint says where that is set', async () => {
  await using databases = await createTestDatabases();
  const { databaseName } = databases.config;
  await databases.config.query('superuser', `alter database ${databaseName} set default_transaction_read_only = on`);
  using release = createMigrationsFolder({ config: ['select;'] });
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]).toMatchObject({
    outcome: 'failed',
    error: { code: 'database_read_only', remedy: expect.stringContaining('default_transaction_read_only') },
  });
});

test('a migration that changes the ledger is a fault of the file, not of the rights of the role', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: ['select;', 'delete from plimsoll.schema_migration;'] });
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]?.error).toMatchObject({
    code: 'migration_failed',
    message: expect.stringContaining('append-only'),
    remedy: expect.stringMatching(/^Correct the data or the release's file/),
  });
});

test.each(['all on schema plimsoll', 'select on plimsoll.schema_migration', 'select on plimsoll.migration_run'])(
  'after revoke %s a run with nothing to do lets the manager read the ledger again, and says so once',
  async (rights) => {
    await using databases = await createTestDatabases();
    using release = createMigrationsFolder(twoTables);
    await runMigrator(options(databases, release));
    await databases.config.query('owner', `revoke ${rights} from public`);
    const ledger = 'select from plimsoll.schema_migration, plimsoll.migration_run';
    await expect(databases.config.query('app', ledger)).rejects.toThrow('permission denied');
    const note = 'not every role could read the ledger, as the manager must: that was granted again';
    const report = await runMigrator(options(databases, release));
    expect(report.databases[0]).toMatchObject({ outcome: 'up-to-date', notes: [note] });
    await expect(databases.config.query('app', ledger)).resolves.toHaveLength(2);
    expect((await runMigrator(options(databases, release))).databases[0]).toMatchObject({ notes: [] });
  },
);

test('a run that applies something lets the manager read the ledger again too', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  await runMigrator(options(databases, release, { to: 1, only: ['config'] }));
  await databases.config.query('owner', 'revoke all on schema plimsoll from public');
  expect((await runMigrator(options(databases, release))).databases[0]).toMatchObject({ outcome: 'migrated' });
  expect(await ledgerOf(databases)).toHaveLength(2);
});

test('a dry run says what would be applied and changes nothing', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  const report = await runMigrator(options(databases, release, { dryRun: true }));
  expect(report.databases[0]).toMatchObject({
    outcome: 'planned',
    current: 0,
    planned: [{ version: 1, name: 'step_1' }, { version: 2 }],
  });
  expect(await databases.config.query('owner', "select to_regnamespace('plimsoll') as ledger")).toEqual([
    { ledger: null },
  ]);
});

test('--to stops at a version; going below what is applied is refused; beyond the release is an error', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  const only = ['config'] as const;
  expect((await runMigrator(options(databases, release, { to: 1, only }))).databases).toMatchObject([
    { name: 'config', outcome: 'migrated', current: 1 },
  ]);
  await runMigrator(options(databases, release));
  expect((await runMigrator(options(databases, release, { to: 1, only }))).databases).toMatchObject([
    { outcome: 'refused', current: 2, error: { code: 'migrator_target_below' } },
  ]);
  await expect(runMigrator(options(databases, release, { to: 3 }))).rejects.toMatchObject({
    code: 'migrator_target_unknown',
  });
});

test('a file changed after it was applied is refused', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  await runMigrator(options(databases, release, { to: 1, only: ['config'] }));
  release.write('config', 1, 'create table a (id bigint);');
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]).toMatchObject({
    outcome: 'refused',
    current: 1,
    applied: [],
    problems: [{ code: 'changed' }],
    error: { code: 'migrator_schema_refused' },
  });
});

test('a newer database is refused as ahead, whether or not the image may still run on it', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  await runMigrator(options(databases, release));
  const report = await runMigrator(options(databases, release, { manifest: release.requiring({ config: 1 }) }));
  expect(report.databases[0]).toMatchObject({
    outcome: 'refused',
    current: 2,
    required: 1,
    error: { code: 'migrator_schema_refused', message: expect.stringMatching(/^ahead: .* may still run/) },
  });
});

test('the manager hears of a migration on the ledger channel', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  const listener = await connect({
    name: 'config',
    url: databases.config.urls.app,
    applicationName: 'manager',
    connectTimeoutMs: 5000,
  });
  const heard: (string | undefined)[] = [];
  listener.on('notification', (message) => heard.push(message.payload));
  await listener.query('listen plimsoll_ledger');
  await runMigrator(options(databases, release));
  await waitFor(() => heard.length > 0, { what: 'a notification' });
  expect(heard).toEqual(['config']);
  await listener.end();
});

test('a disk that is full is migration_disk_full, and the migration is rolled back', async () => {
  await using databases = await createTestDatabases();
  // The kernel answers every write to /dev/full the way a full disk would; only a superuser may make the server write there.
  using release = createMigrationsFolder({
    config: ["create table a (id integer);\ncopy (select repeat('x', 100000)) to '/dev/full';"],
  });
  const report = await runMigrator(options(databases, release, { urls: databases.urls('superuser') }));
  expect(report.databases[0]).toMatchObject({ outcome: 'failed', current: 0, error: { code: 'migration_disk_full' } });
  expect(report.databases[0]?.error?.message).toContain(
    '0001_step_1.sql:2: could not write to COPY file: No space left',
  );
  expect(await databases.config.query('owner', "select to_regclass('a') as a")).toEqual([{ a: null }]);
});

test('a connection that breaks in the middle is database_connection_lost, and the next run does the rest', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: [
      'create table a (id integer);',
      'create table b (id integer); select pg_terminate_backend(pg_backend_pid());',
    ],
  });
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]).toMatchObject({
    outcome: 'failed',
    current: 1,
    error: { code: 'database_connection_lost' },
  });
  release.write('config', 2, 'create table b (id integer);');
  expect((await runMigrator(options(databases, release))).databases[0]).toMatchObject({
    outcome: 'migrated',
    current: 2,
  });
});

test('a role that may not touch a table is migrator_role_insufficient, with the file and the line', async () => {
  await using databases = await createTestDatabases();
  await databases.config.query('superuser', 'create table theirs (id integer)');
  using release = createMigrationsFolder({ config: ['select 1;\nalter table theirs add column x integer;'] });
  const report = await runMigrator(options(databases, release));
  expect(report.databases[0]).toMatchObject({ outcome: 'failed', error: { code: 'migrator_role_insufficient' } });
  expect(report.databases[0]?.error?.message).toContain('0001_step_1.sql:2: must be owner of table theirs');
  expect(report.databases[0]?.error?.remedy).toContain('alter table "theirs" owner to "plimsoll_owner";');
});

test('an image whose manifest wants more than its files hold is stopped before anything is changed', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder(twoTables);
  const manifest = release.requiring({ jobs: 2 });
  await expect(runMigrator(options(databases, release, { manifest }))).rejects.toMatchObject({
    code: 'migrator_definitions_missing',
  });
  expect(await databases.config.query('owner', "select to_regnamespace('plimsoll') as ledger")).toEqual([
    { ledger: null },
  ]);
});

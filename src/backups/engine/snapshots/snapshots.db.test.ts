import { describe, expect, it } from 'vitest';
import { startTransactionPooler } from '../../../../test/backups/transaction-pooler.ts';
import { createTestDatabases, queryServer, waitFor } from '../../../../test/testkit/index.ts';
import { readContents } from '../../../../test/backups/contents.ts';
import { openSnapshots } from './open.ts';

const never = new AbortController().signal;

it('reads the facts of all three databases inside their snapshots, as a role that may only read', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await using snapshots = await openSnapshots(databases.urls('readonly'), never);
  const [{ version } = {}] = await databases.config.query(
    'owner',
    'select max(version) as version from plimsoll.schema_migration',
  );
  const { fingerprint } = await readContents(databases.config.urls.owner);
  expect(snapshots.facts.config).toMatchObject({
    serverVersion: expect.any(Number),
    schemaVersion: version,
    oldestCompatible: expect.any(Number),
    schemaFingerprint: fingerprint,
    snapshotAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/),
    withoutRows: [],
  });
  expect(snapshots.facts.jobs.withoutRows).toEqual(['pgboss.instance', 'pgboss.queue_stats', 'pgboss.warning']);
  expect(snapshots.facts.jobs.databaseBytes).toBeGreaterThan(1_000_000);
  expect(snapshots.skewMs).toBeGreaterThan(0);
  expect(new Date(snapshots.facts.config.snapshotAt).getTime()).toBeGreaterThanOrEqual(
    new Date(snapshots.facts.jobs.snapshotAt).getTime(),
  );
});

it('counts what was there at the snapshot, not what came since', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await databases.jobs.query('owner', "insert into scans (name, requested_by) values ('a', 'b'), ('c', 'd')");
  await using snapshots = await openSnapshots(databases.urls('readonly'), never);
  await databases.jobs.query('owner', "insert into scans (name, requested_by) values ('e', 'f')");
  const tables = await snapshots.countTables('jobs', never);
  expect(tables.find(({ name }) => name === 'public.scans')).toEqual({
    name: 'public.scans',
    rows: 2,
    dataLeftOut: false,
  });
  expect(tables.map(({ name }) => name)).toContain('plimsoll.schema_migration');
  expect(tables.map(({ name }) => name)).toContain('pgboss.job_common');
});

it('counts the references between databases, and those that lead nowhere', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  const [{ id: scan } = {}] = await databases.jobs.query(
    'owner',
    "insert into scans (name, requested_by) values ('a', 'b') returning id",
  );
  await databases.jobs.query(
    'owner',
    `insert into scan_jobs (id, scan_id, kind, host, port)
     select md5(n::text)::uuid, '${String(scan)}', 'tcp', 'h', 1 from generate_series(1, 12000) n`,
  );
  await databases.results.query(
    'owner',
    `with t as (insert into targets (address) values ('x') returning id)
     insert into results (lease_id, job_id, scan_id, scanner_id, target_id, kind, attempt)
     select gen_random_uuid(), md5(n::text)::uuid, gen_random_uuid(), gen_random_uuid(), t.id, 'tcp', 1
       from t, generate_series(1, 12345) n`,
  );
  await using snapshots = await openSnapshots(databases.urls('readonly'), never);
  expect(await snapshots.checkReferences(never)).toEqual([
    { code: 'result_job', checked: 12_345, missing: 345 },
    { code: 'result_scanner', checked: 12_345, missing: 12_345 },
    { code: 'lease_scanner', checked: 0, missing: 0 },
  ]);
});

it('is not ended by the time limits that the server sets for others', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  for (const { databaseName } of [databases.config, databases.results, databases.jobs])
    await queryServer(
      `alter database ${databaseName} set idle_in_transaction_session_timeout = '20ms';
       alter database ${databaseName} set statement_timeout = '2s'; alter database ${databaseName} set transaction_timeout = '40ms'`,
    );
  await using snapshots = await openSnapshots(databases.urls('readonly'), never);
  await databases.config.query(
    'superuser',
    'set statement_timeout = 0; set transaction_timeout = 0; select pg_sleep(0.2)',
  );
  expect(await snapshots.countTables('jobs', never)).not.toEqual([]);
  expect(snapshots.lost.aborted).toBe(false);
});

it('tells when a session that keeps a snapshot is ended, and which', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await using snapshots = await openSnapshots(databases.urls('readonly'), never);
  await queryServer(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'plimsoll backup'",
    [databases.results.databaseName],
  );
  await waitFor(() => snapshots.lost.aborted, { what: 'the loss to be told' });
  expect(snapshots.lost.reason).toMatchObject({
    code: 'backup_snapshot_lost',
    message: expect.stringMatching(/^results database: .*terminating connection due to administrator command/),
  });
  await expect(snapshots.countTables('jobs', never)).rejects.toMatchObject({ code: 'backup_snapshot_lost' });
});

it('lets one snapshot go without taking that for a loss, and keeps the others', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await using snapshots = await openSnapshots(databases.urls('readonly'), never);
  await snapshots.release('jobs');
  await waitFor(async () => (await sessionsOf(databases.jobs.databaseName)) === 0, { what: 'the session to be gone' });
  expect(await snapshots.countTables('config', never)).not.toEqual([]);
  expect(snapshots.lost.aborted).toBe(false);
});

it('stops a count on the server too when it is cancelled', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await databases.jobs.query('owner', 'create table locked (id integer)');
  const snapshots = await openSnapshots(databases.urls('readonly'), never);
  const holder = databases.jobs.query(
    'superuser',
    'begin; lock table locked in access exclusive mode; select pg_sleep(2); commit',
  );
  await waitFor(
    async () => (await queryServer("select from pg_locks where mode = 'AccessExclusiveLock' and granted")).length > 0,
    { what: 'the lock' },
  );
  const cancel = new AbortController();
  const counting = snapshots.countTables('jobs', cancel.signal);
  counting.catch(() => undefined);
  await waitFor(
    async () =>
      (await queryServer("select from pg_stat_activity where wait_event_type = 'Lock' and query like '%locked%'"))
        .length > 0,
    { what: 'the count to wait' },
  );
  cancel.abort(new Error('enough'));
  await expect(counting).rejects.toThrow('enough');
  await snapshots[Symbol.asyncDispose]();
  await waitFor(async () => (await sessionsOf(databases.jobs.databaseName)) === 0, { what: 'the session to be gone' });
  await holder;
});

describe('behind a pooler that shares sessions between transactions', () => {
  it.each([1, 2, 5])('refuses, with %i sessions in the pool', async (size) => {
    await using databases = await createTestDatabases({ migrated: true });
    await using pooler = await startTransactionPooler(databases.jobs.urls.readonly, size);
    const urls = { ...databases.urls('readonly'), jobs: pooler.url };
    await expect(openSnapshots(urls, never)).rejects.toMatchObject({
      code: 'backup_pooled_connection',
      hint: expect.stringContaining('BACKUP_JOBS_DATABASE_URL'),
    });
    await waitFor(async () => (await sessionsOf(databases.config.databaseName)) === 0, {
      what: 'the sessions of the other databases to be closed',
    });
  });
});

async function sessionsOf(databaseName: string): Promise<unknown> {
  const [found] = await queryServer(
    "select count(*)::integer as sessions from pg_stat_activity where datname = $1 and application_name = 'plimsoll backup'",
    [databaseName],
  );
  return found?.['sessions'];
}

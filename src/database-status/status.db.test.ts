import { expect, onTestFinished, test } from 'vitest';
import {
  createTestDatabases,
  scratchFolder,
  startPostgresProxy,
  waitFor,
  type TestDatabase,
  type TestDatabases,
  type TestRole,
} from '../../test/testkit/index.ts';
import { Secret, silentLog, systemClock } from '../base/index.ts';
import {
  databaseNames,
  databaseStatusSchema,
  type DatabaseHealthReport,
  type DatabaseName,
  type DatabaseStatus,
} from '../contract/index.ts';
import { connect, type PostgresClient } from '../postgres/index.ts';
import { createDatabaseStatus, type DatabaseStatusOptions, type DatabaseStatusService } from './index.ts';

type Urls = Readonly<Record<DatabaseName, Secret>>;

async function statusOf(
  urls: Urls,
  options: Partial<DatabaseStatusOptions> = {},
): Promise<DatabaseStatusService & AsyncDisposable> {
  const folder = await scratchFolder();
  const given = { urls, appUrls: urls, dataDir: folder.path, clock: systemClock, log: silentLog, ...options };
  const status = createDatabaseStatus(given);
  const dispose = async (): Promise<void> => {
    await status.stop();
    await folder[Symbol.asyncDispose]();
  };
  return Object.assign(status, { [Symbol.asyncDispose]: dispose });
}

/** A session that stays until the test is over. */
async function session(
  database: TestDatabase,
  applicationName: string,
  role: TestRole = 'app',
): Promise<PostgresClient> {
  const client = await connect({ name: 'test', url: database.urls[role], applicationName, connectTimeoutMs: 10_000 });
  onTestFinished(async () => await client.end().catch(() => undefined));
  return client;
}

/** Looks until what is wanted is there; gives that database's report. */
async function lookUntil(
  status: DatabaseStatusService,
  name: DatabaseName,
  holds: (report: DatabaseHealthReport) => boolean,
): Promise<DatabaseHealthReport> {
  let last: DatabaseStatus | undefined;
  const reportOf = (): DatabaseHealthReport | undefined => last?.databases.find((each) => each.name === name);
  await waitFor(
    async () => {
      last = databaseStatusSchema.parse(await status.look());
      const report = reportOf();
      return report !== undefined && holds(report);
    },
    { what: `the status of ${name} to be as wanted`, timeoutMs: 30_000 },
  );
  return reportOf() as DatabaseHealthReport;
}

const url = (databases: TestDatabases): Urls => databases.urls('monitor');

test('tells of every database how fast it answers, what it is and how large', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await using status = await statusOf(url(databases));
  for (const name of databaseNames) {
    const { sections } = await lookUntil(status, name, ({ error }) => error === null);
    expect(sections.server.value).toMatchObject({
      host: expect.stringMatching(/\S/),
      version: expect.stringMatching(/^\d+\.\d+$/),
      inRecovery: false,
    });
    expect(sections.server.value?.connectMs).toBeGreaterThan(0);
    expect(sections.size.value?.bytes).toBeGreaterThan(1_000_000);
    expect(sections.rights.value).toMatchObject({ role: 'plimsoll_monitor', monitor: true, superuser: false });
    expect(Object.values(sections).filter(({ error, hidden }) => error !== null || hidden !== null)).toEqual([]);
    expect(sections.tables.value?.largest.map(({ table }) => table)).toContain('plimsoll.schema_migration');
  }
});

test('names who waits for whom over two steps, and ends at the head of the queue', async () => {
  await using databases = await createTestDatabases();
  await databases.jobs.query('owner', 'create table parcels (id int primary key); insert into parcels values (1), (2)');
  const [head, middle, last] = [
    await session(databases.jobs, 'a report that nobody closed'),
    await session(databases.jobs, 'the middle one'),
    await session(databases.jobs, 'the last one'),
  ];
  await head.query('begin; update parcels set id = 10 where id = 1');
  await middle.query('begin; update parcels set id = 20 where id = 2');
  const waiting = [middle.query('delete from parcels where id = 1'), last.query('delete from parcels where id = 2')];
  for (const each of waiting) each.catch(() => undefined);
  await using status = await statusOf(url(databases));
  const { sections } = await lookUntil(status, 'jobs', ({ sections: { locks } }) => locks.value?.waiting.length === 2);
  const { waiting: found = [], heads = [] } = sections.locks.value ?? {};
  const pids = Object.fromEntries([...found, ...heads].map(({ application, pid }) => [application, pid]));
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        application: 'the middle one',
        blockedBy: [pids['a report that nobody closed']],
        lockType: 'transactionid',
        table: 'public.parcels',
        seconds: expect.any(Number) as number,
        statement: 'delete from parcels where id = 1',
      }),
      expect.objectContaining({ application: 'the last one', blockedBy: [pids['the middle one']] }),
    ]),
  );
  expect(heads).toEqual([
    expect.objectContaining({ application: 'a report that nobody closed', state: 'idle in transaction' }),
  ]);
  const idle = sections.sessions.value?.open.find(({ application }) => application === 'a report that nobody closed');
  expect(idle).toMatchObject({ kind: 'client', state: 'idle in transaction', role: 'plimsoll_app' });
});

test('one database that hangs is unknown with what was known of it, and holds up neither the others nor a request', async () => {
  await using databases = await createTestDatabases();
  await using proxy = await startPostgresProxy(databases.jobs.urls.monitor);
  const urls = { ...url(databases), jobs: proxy.urlThrough(databases.jobs.urls.monitor) };
  await using status = await statusOf(urls, { readingMs: 1500 });
  const before = await lookUntil(status, 'jobs', ({ readAt }) => readAt !== null);
  proxy.pause();
  const hanging = await lookUntil(status, 'jobs', ({ error }) => error !== null);
  expect(hanging).toMatchObject({
    status: 'unknown',
    error: { code: 'database_timeout', message: expect.stringContaining('no answer within 1500 ms') as string },
    readAt: before.readAt,
  });
  expect(hanging.sections.size).toEqual(before.sections.size);
  // Known to be silent: the answer is there at once, while another reading hangs.
  const { databases: reports } = await status.look();
  expect(reports.map(({ error }) => error?.code)).toEqual([undefined, undefined, 'database_timeout']);
  proxy.resume();
  await lookUntil(status, 'jobs', ({ error }) => error === null);
});

test('finds a bloated table and an index that a failed build has left, with the commands that mend them', async () => {
  await using databases = await createTestDatabases();
  await databases.jobs.query('owner', 'create table heaps as select 1 as id from generate_series(1, 12000)');
  await databases.jobs.query('owner', 'delete from heaps where ctid <> (select min(ctid) from heaps)');
  await databases.jobs.query('owner', 'create table twins as select 1 as id from generate_series(1, 2)');
  const failed = databases.jobs.query('owner', 'create unique index concurrently twins_idx on twins (id)');
  await expect(failed).rejects.toThrow('could not create unique index');
  await using status = await statusOf(url(databases));
  const codes = ({ breaches }: DatabaseHealthReport): string[] => breaches.map(({ code }) => code);
  const report = await lookUntil(status, 'jobs', (each) => codes(each).includes('dead_rows'));
  expect(report.sections.vacuum.value?.tables[0]).toMatchObject({
    table: 'public.heaps',
    deadRows: 11_999,
    comesAt: 50,
  });
  expect(report.sections.indexes.value?.invalid).toMatchObject([{ index: 'public.twins_idx', beingBuilt: false }]);
  const typed = report.breaches.filter(({ code }) => ['dead_rows', 'invalid_index'].includes(code));
  expect(typed.map(({ remedy }) => / -c '(.*)'$/.exec(remedy)?.[1])).toEqual([
    'vacuum (verbose, analyze) public.heaps',
    'reindex index concurrently public.twins_idx',
  ]);
  await databases.jobs.query('superuser', 'truncate twins');
  for (const { remedy } of typed) await databases.jobs.query('superuser', / -c '(.*)'$/.exec(remedy)?.[1] ?? '');
  await lookUntil(status, 'jobs', (each) => !codes(each).some((code) => ['dead_rows', 'invalid_index'].includes(code)));
});

test('says what a role without pg_monitor may not see, and which part a role may not read at all', async () => {
  await using databases = await createTestDatabases();
  const hiding = await session(databases.config, 'somebody', 'superuser');
  await hiding.query('begin; select 1');
  await databases.results.query('superuser', 'revoke select on pg_catalog.pg_index from public');
  await using status = await statusOf({ ...url(databases), config: databases.config.urls.app });
  const narrow = await lookUntil(status, 'config', ({ error }) => error === null);
  expect(narrow.sections.sessions.hidden).toBe('1 open transaction of other roles hides its age and statement');
  expect(narrow.breaches.find(({ code }) => code === 'monitor_role')?.remedy).toMatch(
    /^psql .* -U postgres -d postgres -c 'grant pg_monitor to "plimsoll_app"'$/,
  );
  const partly = await lookUntil(status, 'results', ({ error }) => error === null);
  const unread = Object.entries(partly.sections).filter(([, { error }]) => error !== null);
  expect(unread.map(([name, { error }]) => `${name} ${error?.code}`)).toEqual([
    'indexes database_permission_denied',
    'tables database_permission_denied',
  ]);
});

test('reads with the role of the manager while there is none for this yet, and says so', async () => {
  await using databases = await createTestDatabases();
  const missing = new Secret(databases.jobs.urls.monitor.reveal().replace('plimsoll_monitor', 'plimsoll_nobody'));
  await using status = await statusOf({ ...url(databases), jobs: missing }, { appUrls: databases.urls('app') });
  const report = await lookUntil(status, 'jobs', ({ error }) => error === null);
  expect(report.sections.rights.value).toMatchObject({ role: 'plimsoll_app', monitor: false });
  expect(report.breaches.find(({ code }) => code === 'monitor_role')?.message).toMatch(
    /^the role for this page cannot sign in .* and plimsoll_app in its place has no pg_monitor/,
  );
});

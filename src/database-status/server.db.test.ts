import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  agedCluster,
  scratchFolder,
  serverKinds,
  standbyOf,
  waitFor,
  type TestServer,
} from '../../test/testkit/index.ts';
import { silentLog, systemClock } from '../base/index.ts';
import { databaseStatusSchema, type DatabaseHealthReport } from '../contract/index.ts';
import { connect, type PostgresClient } from '../postgres/index.ts';
import { createDatabaseStatus } from './index.ts';

const installed = serverKinds().find(({ bin }) => bin !== undefined);

async function open(server: TestServer, applicationName: string): Promise<PostgresClient> {
  const spec = { name: 'jobs', url: server.url('postgres'), applicationName, connectTimeoutMs: 10_000 };
  const client = await connect(spec);
  onTestFinished(async () => await client.end().catch(() => undefined));
  return client;
}

/** An aged primary with a standby that does not replay, and the status of the one database on it. */
async function setup() {
  if (installed === undefined) throw new Error('PostgreSQL is not installed on this machine');
  const things = new AsyncDisposableStack();
  onTestFinished(async () => await things.disposeAsync());
  const settings = [
    'fsync=off',
    'autovacuum=off',
    'max_connections=24',
    'max_prepared_transactions=2',
    'autovacuum_freeze_max_age=2000000000',
  ];
  const make = agedCluster(36_622 * 32_768);
  const primary = things.use(await installed.start({ settings, make }));
  const standby = things.use(await installed.start({ settings, make: standbyOf(primary) }));
  const folder = things.use(await scratchFolder());
  const url = primary.url('postgres');
  const urls = { config: url, results: url, jobs: url };
  const given = { urls, appUrls: urls, dataDir: folder.path, clock: systemClock, log: silentLog };
  const status = createDatabaseStatus({ ...given, readingMs: 20_000, statementMs: 5000 });
  things.defer(async () => await status.stop());
  const lookUntil = async (what: string, holds: (report: DatabaseHealthReport) => boolean) => {
    let found: DatabaseHealthReport | undefined;
    const look = async (): Promise<boolean> => {
      found = databaseStatusSchema.parse(await status.look()).databases.find(({ name }) => name === 'jobs');
      return found !== undefined && found.error === null && holds(found);
    };
    await waitFor(look, { what, timeoutMs: 40_000 });
    return found as DatabaseHealthReport;
  };
  return { primary, standby, lookUntil };
}

const codes = ({ breaches }: DatabaseHealthReport): string[] => breaches.map(({ code }) => code);

test('a whole server in trouble: what it reads is what there is', async () => {
  const { primary, standby, lookUntil } = await setup();

  // Old transaction ids, a transaction that was prepared and left, a slot that nobody reads, a standby that does not replay.
  await standby.query('postgres', 'select pg_wal_replay_pause()');
  await primary.query('postgres', "select pg_create_physical_replication_slot('left_behind', true)");
  await primary.query('postgres', 'create table cargo (id int, note text); create table berths ()');
  await primary.query('postgres', "begin; lock table berths in row share mode; prepare transaction 'left'");
  const insert = 'insert into cargo select i, repeat(md5(i::text), 60) from generate_series(1, 20000) i';
  await primary.query('postgres', insert);
  const troubled = await lookUntil('the standby to be behind', ({ sections: { replication } }) =>
    (replication.value?.standbys ?? []).some(({ behindBytes }) => (behindBytes ?? 0) > 16e6),
  );
  expect(troubled.sections.server.value).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+$/),
    inRecovery: false,
  });
  expect(troubled.sections.replication.value?.slots).toMatchObject([{ name: 'left_behind', active: false }]);
  expect(troubled.breaches).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ code: 'slot_inactive', severity: 'warn' }),
      expect.objectContaining({ code: 'wraparound', severity: 'warn' }),
    ]),
  );
  expect(troubled.sections.sessions.value?.prepared).toMatchObject([{ gid: 'left', owner: 'postgres' }]);
  expect(troubled.sections.tables.value?.largest[0]).toMatchObject({ table: 'cargo', estimated: false });

  // A dump that has its snapshot and waits for a table: the table that is locked is told by its last vacuum, and nothing waits for it.
  const locker = await open(primary, 'locker');
  await locker.query('begin; create table later (); lock table cargo in access exclusive mode');
  const dump = spawn(join(installed?.bin ?? '', 'pg_dump'), [
    '-h',
    primary.folder,
    '-U',
    'postgres',
    '-t',
    'cargo',
    'postgres',
  ]);
  const ended = new Promise((resolve) => dump.once('close', resolve));
  const dumping = await lookUntil('a dump', ({ sections: { work } }) => work.value?.dumps.length === 1);
  expect(dumping.sections.work.value?.dumps).toMatchObject([
    { application: 'pg_dump', seconds: expect.any(Number) as number },
  ]);
  expect(dumping.breaches).toEqual(
    expect.arrayContaining([expect.objectContaining({ code: 'dump_running', severity: 'info' })]),
  );
  const holding = await lookUntil('its snapshot', ({ sections: { horizon } }) =>
    (horizon.value?.holders ?? []).some(({ kind }) => kind === 'dump'),
  );
  expect(holding.sections.horizon.value?.holders.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['dump', 'prepared']),
  );
  expect(holding.sections.tables.value?.largest).toEqual(
    expect.arrayContaining([expect.objectContaining({ table: 'cargo', estimated: true })]),
  );
  await locker.query('rollback');
  dump.kill();
  await ended;

  // An index build, slow enough to be seen under way; then so many connections that few are left.
  await primary.query('postgres', "rollback prepared 'left'");
  await primary.query('postgres', 'truncate cargo');
  await primary.query(
    'postgres',
    `create function slowly(id int) returns int immutable language plpgsql as 'begin perform pg_sleep(0.05); return id; end';
     insert into cargo select i, repeat(md5(i::text), 60) from generate_series(1, 120) i`,
  );
  const builder = await open(primary, 'builder');
  const built = builder.query('create index concurrently cargo_slowly on cargo (slowly(id))');
  const building = await lookUntil('an index build that is half done', ({ sections: { work } }) =>
    (work.value?.indexBuilds ?? []).some(
      ({ percent, phase }) => (percent ?? 0) > 0 && phase?.startsWith('building') === true,
    ),
  );
  expect(building.sections.work.value?.indexBuilds).toMatchObject([
    { application: 'builder', command: 'CREATE INDEX CONCURRENTLY', table: 'cargo', index: 'cargo_slowly' },
  ]);
  await built;
  const crowd = await Promise.all(Array.from({ length: 14 }, async (_, each) => await open(primary, `guest ${each}`)));
  expect(crowd).toHaveLength(14);
  const crowded = await lookUntil('most connections to be taken', (report) =>
    codes(report).includes('connections_used'),
  );
  expect(crowded.sections.connections.value).toMatchObject({ limit: 24, reserved: 3 });
});

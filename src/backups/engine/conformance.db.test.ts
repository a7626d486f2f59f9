import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readContents } from '../../../test/backups/contents.ts';
import {
  childPrograms,
  dumpRequest,
  enginePairs,
  filesIn,
  handCommand,
  loadFile,
  snapshotsOf,
} from '../../../test/backups/engines.ts';
import { scratchFolder, waitFor, type TestServer } from '../../../test/testkit/index.ts';

const awkward = await readFile(new URL('testdata/awkward.sql', import.meta.url), 'utf8');

describe.each(enginePairs())('$label', ({ kind, engine }) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await kind.start();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function databaseWith(sql: string): Promise<string> {
    const database = await server.createDatabase();
    await server.query(database, sql);
    return database;
  }

  it('brings back every awkward value, table, sequence, large object, comment and rule', async () => {
    await using folder = await scratchFolder();
    const database = await databaseWith(awkward);
    await using snapshots = await snapshotsOf(server, database);
    const file = await engine.dump(dumpRequest(server.url(database), snapshots.facts.jobs.snapshot, folder.path));
    const restored = await server.createDatabase();
    await loadFile(engine, file, server.url(restored));
    expect(await readContents(server.url(restored))).toEqual(await readContents(server.url(database)));
  });

  it('can be brought back by hand with the client programs alone, where the machine has them', async () => {
    await using folder = await scratchFolder();
    const database = await databaseWith(awkward);
    await using snapshots = await snapshotsOf(server, database);
    const file = await engine.dump(dumpRequest(server.url(database), snapshots.facts.jobs.snapshot, folder.path));
    const restored = await server.createDatabase();
    const command = handCommand(engine, file.path, server.url(restored));
    if (command === undefined) await loadFile(engine, file, server.url(restored));
    else await promisify(execFile)('/bin/bash', ['-o', 'pipefail', '-c', command]);
    expect((await readContents(server.url(restored))).tables).toEqual(
      (await readContents(server.url(database))).tables,
    );
  });

  it('says the size and the SHA-256 of the file that it leaves, which nobody else may read', async () => {
    await using folder = await scratchFolder();
    const database = await databaseWith('create table t as select 1 as a');
    await using snapshots = await snapshotsOf(server, database);
    const file = await engine.dump(dumpRequest(server.url(database), snapshots.facts.jobs.snapshot, folder.path));
    const content = await readFile(file.path);
    expect(file.bytes).toBe(content.length);
    expect(file.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
  });

  it('seals what it writes, and says the size and the SHA-256 of what is sealed', async () => {
    await using folder = await scratchFolder();
    const database = await databaseWith('create table t as select 1 as a');
    await using snapshots = await snapshotsOf(server, database);
    const { snapshot } = snapshots.facts.jobs;
    const seal = (): Transform => createGzip();
    const file = await engine.dump(dumpRequest(server.url(database), snapshot, folder.path, { seal }));
    expect(file.path).toMatch(/\.age$/);
    const content = await readFile(file.path);
    expect(file.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    const restored = await server.createDatabase();
    await loadFile(engine, file, server.url(restored), { dump: Readable.from([gunzipSync(content)]) });
    expect(await server.query(restored, 'select * from t')).toEqual([{ a: 1 }]);
  });

  it('dumps exactly its snapshot while others go on writing', async () => {
    await using folder = await scratchFolder();
    const database = await databaseWith(
      `${bulkTable(5000)}; create table moving (id bigserial primary key, note text, n integer not null default 0);
       insert into moving (note) select 'first ' || n from generate_series(1, 500) n`,
    );
    const url = server.url(database);
    const ended = new AbortController();
    let writes = 0;
    onTestFinished(() => ended.abort());
    const writers = [1, 2].map(async (writer) => {
      while (!ended.signal.aborted) {
        await server.query(
          database,
          `insert into moving (note) select 'by ${writer} ' || n from generate_series(1, 20) n;
           update moving set n = n + 1 where id % 2 = ${writer - 1} and id % 7 = 0;
           delete from moving where id % 2 = ${writer - 1} and id % 31 = 0;
           update bulk set words = words || '!' where id % 97 = ${writer}`,
        );
        writes += 1;
      }
    });
    await waitFor(() => writes > 5, { what: 'the writers to be at work' });
    await using snapshots = await snapshotsOf(server, database);
    const { snapshot } = snapshots.facts.jobs;
    const before = writes;
    const expected = await readContents(url, snapshot);
    const counted = snapshots.countTables('jobs', new AbortController().signal);
    await waitFor(() => writes > before + 5, { what: 'the writers to go on' });
    const file = await engine.dump(dumpRequest(url, snapshot, folder.path));
    ended.abort();
    await Promise.all(writers);
    const restored = await server.createDatabase();
    await loadFile(engine, file, server.url(restored));
    const { tables } = await readContents(server.url(restored));
    expect(tables).toEqual(expected.tables);
    expect(await readContents(url)).not.toMatchObject({ tables });
    const rows = (await counted).map(({ name, rows }) => [name, rows]);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.rows])),
    );
  });

  it('leaves the rows of transient tables out, and their definitions in', async () => {
    await using folder = await scratchFolder();
    const database = await databaseWith(
      `create schema pgboss; create table pgboss.warning as select 1 as id; create table pgboss.job as select 2 as id;
       create table pgboss.queue_stats (id integer, at date not null) partition by range (at);
       create table pgboss.queue_stats_today partition of pgboss.queue_stats default;
       insert into pgboss.queue_stats values (3, '2024-01-01')`,
    );
    await using snapshots = await snapshotsOf(server, database);
    const { snapshot, withoutRows } = snapshots.facts.jobs;
    expect(withoutRows).toEqual(['pgboss.queue_stats', 'pgboss.queue_stats_today', 'pgboss.warning']);
    const file = await engine.dump(dumpRequest(server.url(database), snapshot, folder.path, { withoutRows }));
    const restored = await server.createDatabase();
    await loadFile(engine, file, server.url(restored));
    const { tables } = await readContents(server.url(restored));
    expect(Object.fromEntries(Object.entries(tables).map(([name, { rows }]) => [name, rows]))).toEqual({
      'pgboss.job': 1,
      'pgboss.queue_stats_today': 0,
      'pgboss.warning': 0,
    });
    const facts = await snapshots.countTables('jobs', new AbortController().signal);
    expect(facts.filter(({ dataLeftOut }) => dataLeftOut).map(({ name }) => name)).toEqual([
      'pgboss.queue_stats_today',
      'pgboss.warning',
    ]);
  });

  it('leaves no file, no process and no session behind when it is cancelled, at whatever moment', async () => {
    await using folder = await scratchFolder();
    const database = await databaseWith(bulkTable(60_000));
    await using snapshots = await snapshotsOf(server, database);
    const request = dumpRequest(server.url(database), snapshots.facts.jobs.snapshot, folder.path);
    const started = performance.now();
    const whole = await engine.dump(request);
    const fullMs = performance.now() - started;
    expect(await filesIn(folder.path)).toHaveLength(1);
    const outcomes: unknown[] = [];
    for (const share of [0, 0.1, 0.25, 0.4, 0.55, 0.7]) {
      await rm(whole.path, { force: true });
      const cancel = new AbortController();
      const reason = new Error('thought better of it');
      setTimeout(() => cancel.abort(reason), fullMs * share);
      const outcome = await engine.dump({ ...request, signal: cancel.signal }).catch((error: unknown) => error);
      expect(await childPrograms()).toEqual([]);
      // It may have been quicker than the cancel.
      if (outcome !== reason) expect(outcome).toMatchObject({ path: whole.path });
      expect(await filesIn(folder.path)).toHaveLength(outcome === reason ? 0 : 1);
      outcomes.push(outcome);
    }
    expect(outcomes.filter((outcome) => outcome instanceof Error).length).toBeGreaterThan(2);
    await waitFor(async () => (await sessionsOf(database)) === snapshotSessions, {
      what: 'the sessions of the dumps to be gone',
    });
  });

  /** The snapshots' own three sessions stay. */
  const snapshotSessions = 3;

  async function sessionsOf(database: string): Promise<unknown> {
    const [found] = await server.query(
      'postgres',
      "select count(*)::integer as sessions from pg_stat_activity where datname = $1 and application_name <> 'plimsoll test'",
      [database],
    );
    return found?.['sessions'];
  }

  it('refuses to write over a file that is there, and leaves that as it was', async () => {
    await using folder = await scratchFolder();
    const database = await databaseWith('create table t as select 1 as a');
    await using snapshots = await snapshotsOf(server, database);
    const request = dumpRequest(server.url(database), snapshots.facts.jobs.snapshot, folder.path);
    const { path } = await engine.dump(request);
    await writeFile(path, 'somebody else’s');
    await expect(engine.dump(request)).rejects.toThrow('EEXIST');
    expect(await readFile(path, 'utf8')).toBe('somebody else’s');
  });
});

/** Text that does not compress away. */
function bulkTable(rows: number): string {
  return `create table bulk as select n as id, md5(n::text) || md5((n + 1)::text) as words from generate_series(1, ${rows}) n`;
}

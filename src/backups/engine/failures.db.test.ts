import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Secret } from '../../base/index.ts';
import { connect, disconnect } from '../../postgres/index.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  childPrograms,
  dumpRequest,
  enginePairs,
  filesIn,
  loadFile,
  programsOf,
  snapshotsOf,
} from '../../../test/backups/engines.ts';
import { readContents } from '../../../test/backups/contents.ts';
import { scratchFolder, startChild, waitFor, type TestServer } from '../../../test/testkit/index.ts';

const bulkOf = (rows: number): string =>
  `create table bulk as select n as id, md5(n::text) || md5((n + 1)::text) as words from generate_series(1, ${rows}) n`;
const bulk = bulkOf(60_000);

describe.each(enginePairs())('$label', ({ kind, engine }) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await kind.start();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function databaseWith(sql: string, on = server): Promise<string> {
    const database = await on.createDatabase();
    await on.query(database, sql);
    return database;
  }

  it('names the full disk and leaves no file on it', async () => {
    const database = await databaseWith(bulk);
    await using folder = await scratchFolder();
    const program = new URL('../../../test/testkit/programs/dump-once.ts', import.meta.url).pathname;
    const words = [process.execPath, program, server.url(database).reveal(), folder.path, engine.name];
    // A file that may not grow beyond so many blocks fails as on a disk without room, and needs no root.
    for (const blocks of [0, 1, 200]) {
      const script = `ulimit -f ${blocks}; exec "$@"`;
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script, 'sh', ...words]);
      expect(JSON.parse(stdout.replace(/^outcome /, '')), `${blocks} blocks`).toMatchObject({
        code: 'backup_disk_full',
      });
      expect(await filesIn(folder.path)).toEqual([]);
    }
  });

  it('fails by name and leaves no file when the server is killed in the middle of a dump', async () => {
    await using victim = await kind.start();
    const database = await databaseWith(bulkOf(400_000), victim);
    await using folder = await scratchFolder();
    await using snapshots = await snapshotsOf(victim, database);
    const begun = Promise.withResolvers<void>();
    const url = victim.url(database);
    const request = dumpRequest(url, snapshots.facts.jobs.snapshot, folder.path, { onBytes: () => begun.resolve() });
    const dumping = engine.dump(request).catch((error: unknown) => error);
    await begun.promise;
    await victim.kill();
    expect(await dumping).toMatchObject({ code: 'backup_dump_failed' });
    expect(await filesIn(folder.path)).toEqual([]);
    expect(await childPrograms()).toEqual([]);
    await waitFor(() => snapshots.lost.aborted, { what: 'the snapshots to be lost' });
    expect(snapshots.lost.reason).toMatchObject({ code: 'backup_snapshot_lost' });
  });

  it('fails by name when the snapshot is not there any more', async () => {
    const database = await databaseWith('create table t as select 1 as a');
    await using folder = await scratchFolder();
    const request = dumpRequest(server.url(database), '00000003-00000044-1', folder.path);
    await expect(engine.dump(request)).rejects.toMatchObject({
      code: 'backup_dump_failed',
      message: expect.stringMatching(/snapshot/),
    });
    expect(await filesIn(folder.path)).toEqual([]);
  });

  it('never takes a dump that was cut short for a whole one', async () => {
    const database = await databaseWith(bulk);
    await using folder = await scratchFolder();
    await using snapshots = await snapshotsOf(server, database);
    const file = await engine.dump(dumpRequest(server.url(database), snapshots.facts.jobs.snapshot, folder.path));
    const whole = await readFile(file.path);
    for (const share of [0, 0.001, 0.3, 0.7, 0.999]) {
      const scratch = await server.createDatabase();
      const dump = Readable.from([whole.subarray(0, Math.floor(whole.length * share))]);
      const loading = loadFile(engine, file, server.url(scratch), { dump });
      await expect(loading, `cut at ${share}`).rejects.toMatchObject({
        code: expect.stringMatching(/^dump_(damaged|load_failed)$/),
      });
    }
    await writeFile(file.path, whole.subarray(100));
    await expect(loadFile(engine, file, server.url(await server.createDatabase()))).rejects.toMatchObject({
      code: expect.stringMatching(/^dump_(damaged|load_failed)$/),
    });
    expect(await childPrograms()).toEqual([]);
  });

  it('leaves no program and no session behind when its process is killed, even while it waits for a lock', async () => {
    const database = await databaseWith('create table t as select 1 as a');
    await using folder = await scratchFolder();
    const others = "from pg_stat_activity where datname = $1 and application_name <> 'plimsoll test'";
    const holder = await connect({
      name: 'test',
      url: server.url(database),
      applicationName: 'plimsoll test',
      connectTimeoutMs: 10_000,
    });
    onTestFinished(async () => await disconnect(holder));
    await holder.query('begin; lock table t in access exclusive mode');
    const words = [server.url(database).reveal(), folder.path, engine.name];
    await using child = startChild({ args: ['test/testkit/programs/dump-once.ts', ...words] });
    await waitFor(
      async () =>
        (await server.query('postgres', `select ${others} and wait_event_type = 'Lock'`, [database])).length > 0,
      { what: 'the dump to wait for the lock', timeoutMs: 30_000 },
    );
    expect(await programsOf(child)).toHaveLength(engine.name === 'pg_dump' ? 2 : 0);
    await child.end('SIGKILL');
    await waitFor(async () => (await programsOf(child)).length === 0, { what: 'the programs to be gone' });
    await waitFor(async () => (await server.query('postgres', `select ${others}`, [database])).length === 0, {
      what: 'the sessions to be gone',
      timeoutMs: 30_000,
    });
  });

  it('stops a load that is cancelled, on this machine and on the server', async () => {
    const database = await databaseWith(bulk);
    await using folder = await scratchFolder();
    await using snapshots = await snapshotsOf(server, database);
    const file = await engine.dump(dumpRequest(server.url(database), snapshots.facts.jobs.snapshot, folder.path));
    const scratch = await server.createDatabase();
    // Something the load has to wait for.
    await server.query(
      scratch,
      `create function hold() returns event_trigger language plpgsql as $$ begin perform pg_sleep(30); end $$;
       create event trigger hold on ddl_command_end execute function hold()`,
    );
    const cancel = new AbortController();
    const reason = new Error('thought better of it');
    const loading = loadFile(engine, file, server.url(scratch), { signal: cancel.signal });
    loading.catch(() => undefined);
    await waitFor(
      async () => {
        const found = await server.query(
          'postgres',
          "select from pg_stat_activity where datname = $1 and wait_event = 'PgSleep'",
          [scratch],
        );
        return found.length > 0;
      },
      { what: 'the load to be at work' },
    );
    cancel.abort(reason);
    await expect(loading).rejects.toBe(reason);
    expect(await childPrograms()).toEqual([]);
    await waitFor(
      async () =>
        (await server.query('postgres', 'select from pg_stat_activity where datname = $1', [scratch])).length === 0,
      { what: 'the sessions to be gone' },
    );
  });

  it('names what the server refuses, such as a privilege for a role that is not there, and can leave those out', async () => {
    const database = await databaseWith(
      `create role only_here; create table t as select 1 as a; grant select on t to only_here;
       alter default privileges grant select on tables to only_here; revoke all on schema public from public;
       grant usage on schema public to only_here`,
    );
    await using folder = await scratchFolder();
    await using snapshots = await snapshotsOf(server, database);
    const source = server.url(database);
    const file = await engine.dump(dumpRequest(source, snapshots.facts.jobs.snapshot, folder.path));
    const kept = await server.createDatabase();
    await loadFile(engine, file, server.url(kept), { privileges: 'keep' });
    expect((await readContents(server.url(kept))).marks).toEqual((await readContents(source)).marks);
    await server.query(kept, 'drop owned by only_here');
    await server.query(database, 'drop owned by only_here; drop role only_here');
    const refused = loadFile(engine, file, server.url(await server.createDatabase()));
    await expect(refused).rejects.toMatchObject({
      code: 'dump_load_failed',
      message: expect.stringMatching(/role "only_here" does not exist/),
    });
    const dropped = await server.createDatabase();
    await loadFile(engine, file, server.url(dropped), { privileges: 'drop' });
    expect(JSON.stringify((await readContents(server.url(dropped))).tables)).toContain('public.t');
  });

  it('shows its password on no command line and in no error', async () => {
    const database = await databaseWith(bulk);
    await using folder = await scratchFolder();
    await using snapshots = await snapshotsOf(server, database);
    const password = 'correct-horse-battery';
    await server.query('postgres', `create role dumper superuser login password '${password}'`);
    const url = new URL(server.url(database).reveal());
    url.username = 'dumper';
    url.password = password;
    const seen: string[] = [];
    const looking = { onBytes: () => seen.push('') };
    const dumping = engine.dump(dumpRequest(new Secret(url.href), snapshots.facts.jobs.snapshot, folder.path, looking));
    const lines = await waitFor(async () => (seen.length > 0 ? await allCommandLines() : undefined), {
      what: 'the dump to be at work',
    });
    expect(lines).not.toContain(password);
    await dumping;
    url.pathname = '/nowhere';
    const failed: unknown = await engine
      .dump(dumpRequest(new Secret(url.href), 'none', folder.path))
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ message: expect.any(String) });
    expect(JSON.stringify([failed, String(failed)])).not.toContain(password);
  });
});

async function allCommandLines(): Promise<string> {
  const pids = (await filesIn('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lines)).join('\n');
}

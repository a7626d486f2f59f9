import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createTestDatabases,
  hangingServer,
  startPair,
  startPgBouncer,
  urlOfSeveral,
  waitFor,
} from '../../test/testkit/index.ts';
import { Secret } from '../base/index.ts';
import { connect, disconnect, hostReached } from './connection.ts';
import { openDatabase } from './database.ts';

const spec = { name: 'config', applicationName: 'test', connectTimeoutMs: 4000, statementTimeoutMs: 4000, max: 3 };

let pair: Awaited<ReturnType<typeof startPair>>;
beforeAll(async () => {
  pair = await startPair();
}, 60_000);
afterAll(async () => await pair[Symbol.asyncDispose]());

const nowhere = '/nowhere';

async function folderReached(folders: readonly string[], query = ''): Promise<string> {
  const client = await connect({ ...spec, url: urlOfSeveral(folders, 'postgres', { query }) });
  await disconnect(client);
  return hostReached(client).name;
}

it('goes through the hosts in their order until one is what is wanted, the primary unless told otherwise', async () => {
  const [primary, standby] = [pair.primary.folder, pair.standby.folder];
  expect(await folderReached([nowhere, standby, primary])).toBe(primary);
  for (const [wanted, reached] of [
    ['any', standby],
    ['read-write', primary],
    ['read-only', standby],
    ['primary', primary],
    ['standby', standby],
    ['prefer-standby', standby],
  ] as const) {
    expect(await folderReached([standby, primary], `&target_session_attrs=${wanted}`), wanted).toBe(reached);
  }
  expect(await folderReached([primary, nowhere], '&target_session_attrs=prefer-standby')).toBe(primary);
});

it('names every host that it tried, and why not, and nothing of the password', async () => {
  const url = urlOfSeveral([nowhere, pair.standby.folder], 'postgres');
  const error: unknown = await connect({ ...spec, url }).catch((caught: unknown) => caught);
  const [first, second] = [`${nowhere}:5432`, `${pair.standby.folder}:5432`];
  expect(error).toMatchObject({
    code: 'database_target_missing',
    message: `config database (postgres@${first},${second}/postgres): ${first} connect ENOENT ${nowhere}/.s.PGSQL.5432; ${second} is a standby, primary is wanted`,
    hint: expect.stringContaining('promote'),
    details: {
      hosts: [
        [first, 'database_unreachable'],
        [second, 'database_target_missing'],
      ],
    },
  });
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  await expect(connect({ ...spec, url: urlOfSeveral([nowhere, '/void'], 'postgres') })).rejects.toMatchObject({
    code: 'database_unreachable',
  });
  const wrong = urlOfSeveral([pair.primary.folder, pair.standby.folder], 'missing');
  await expect(connect({ ...spec, url: wrong })).rejects.toMatchObject({ code: 'database_missing' });
});

it('holds one host to what is wanted of it as well', async () => {
  const url = new Secret(`${pair.standby.url('postgres').reveal()}&target_session_attrs=read-write`);
  await expect(connect({ ...spec, url })).rejects.toMatchObject({
    code: 'database_target_missing',
    message: expect.stringMatching(/\): is a standby, read-write is wanted$/),
  });
  const database = openDatabase({ ...spec, url });
  await expect(database.query('select 1')).rejects.toMatchObject({ code: 'database_target_missing' });
  await database.close();
});

it('leaves time for the next host when one swallows everything, and goes there first from then on', async () => {
  await using hanging = await hangingServer();
  const url = new Secret(
    `postgres://postgres@/postgres?host=127.0.0.1,${pair.primary.folder}&port=${hanging.port},5432`,
  );
  const client = await connect({ ...spec, connectTimeoutMs: 1000, url });
  await disconnect(client);
  expect(hostReached(client).name).toBe(pair.primary.folder);
  // Half of this would be spent on the one that hangs, if it came first again.
  const database = openDatabase({ ...spec, connectTimeoutMs: 600_000, url });
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  await database.close();
});

it('asks a server that a pooler stands before, which keeps to itself what it is', async () => {
  await using databases = await createTestDatabases();
  await using pooler = await startPgBouncer(databases.config.urls.app, 'transaction');
  const of = (wanted: string): Secret =>
    new Secret(`${pooler.url.reveal()}${pooler.url.reveal().includes('?') ? '&' : '?'}target_session_attrs=${wanted}`);
  const client = await connect({ ...spec, url: of('read-write') });
  await disconnect(client);
  await expect(connect({ ...spec, url: of('standby') })).rejects.toMatchObject({ code: 'database_target_missing' });
});

// The last ones: they turn the pair around.
it('follows the primary when that dies and the standby is promoted, with no connection kept to the old one', async () => {
  await pair.primary.query('postgres', 'create table written (n integer)');
  const url = urlOfSeveral([pair.primary.folder, pair.standby.folder], 'postgres');
  const database = openDatabase({ ...spec, url });
  const write = async (n: number): Promise<unknown> => await database.query('insert into written values ($1)', [n]);
  await Promise.all([write(1), write(1), write(1)]);
  await waitFor(async () => (await pair.standby.query('postgres', 'select from written')).length === 3, {
    what: 'the standby to have what was written',
  });
  await pair.primary.kill();
  await expect(write(2)).rejects.toMatchObject({ httpStatus: 503 });
  const refusal = async (): Promise<string> => await write(2).then(String, String);
  await waitFor(async () => (await refusal()).includes('is a standby, primary is wanted'), {
    what: 'every connection to the old one to be gone',
  });
  await pair.standby.query('postgres', 'select pg_promote()');
  await Promise.all([write(3), write(3), write(3)]);
  expect(await pair.standby.query('postgres', 'select n from written order by n')).toEqual(
    [1, 1, 1, 3, 3, 3].map((n) => ({ n })),
  );
  await database.close();
});

it('gives up all its connections at the first one that may not write any more, and looks for who may', async () => {
  const url = urlOfSeveral([pair.standby.folder, nowhere], 'postgres', { query: '&target_session_attrs=read-write' });
  const database = openDatabase({ ...spec, url });
  const pids = async (): Promise<number[]> => {
    const rows = await pair.standby.query(
      'postgres',
      "select pid from pg_stat_activity where application_name = 'test'",
    );
    return rows.map(({ pid }) => Number(pid));
  };
  await Promise.all([1, 2, 3].map(async () => await database.query('select pg_sleep(0.05)')));
  const before = await pids();
  await pair.standby.query('postgres', 'alter system set default_transaction_read_only = on');
  await pair.standby.query('postgres', 'select pg_reload_conf()');
  const isReadOnly = async (): Promise<boolean> =>
    await database.query('insert into written values (4)').then(
      () => false,
      (error: { code?: string }) => error.code === 'database_read_only',
    );
  await waitFor(isReadOnly, { what: 'a session to notice that it may not write' });
  await expect(database.query('select 1')).rejects.toMatchObject({
    code: 'database_target_missing',
    message: expect.stringContaining('is a primary that is set to read-only, read-write is wanted'),
  });
  await pair.standby.query('postgres', 'alter system reset default_transaction_read_only');
  await pair.standby.query('postgres', 'select pg_reload_conf()');
  await waitFor(
    async () =>
      await database.query('insert into written values (5)').then(
        () => true,
        () => false,
      ),
    {
      what: 'the server to take writes again',
    },
  );
  expect(before).toHaveLength(3);
  expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
  await database.close();
});

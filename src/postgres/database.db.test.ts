import { expect, it } from 'vitest';
import { createTestDatabases, hangingServer, queryServer, startPostgresProxy } from '../../test/testkit/index.ts';
import { Secret, withDeadline } from '../base/index.ts';
import { connect } from './connection.ts';
import { openDatabase, sqlStateOf } from './database.ts';

const spec = { name: 'config', applicationName: 'test', connectTimeoutMs: 20_000, statementTimeoutMs: 20_000, max: 2 };
const impatient = { ...spec, connectTimeoutMs: 300, statementTimeoutMs: 300 };

it('commits a transaction that went well and rolls back one that threw', async () => {
  await using databases = await createTestDatabases();
  await databases.config.query('owner', 'create table things (id int)');
  const database = openDatabase({ ...spec, url: databases.config.urls.app });
  const insert = 'insert into things values ($1)';
  await database.transaction(async (transaction) => await transaction.query(insert, [1]));
  const failing = database.transaction(async (transaction) => {
    await transaction.query(insert, [2]);
    throw new Error('thought better of it');
  });
  await expect(failing).rejects.toThrow('thought better of it');
  expect(await database.query('select id from things')).toEqual([{ id: 1 }]);
  await database.close();
});

it('survives a connection that is ended in the middle of a transaction', async () => {
  await using databases = await createTestDatabases();
  const database = openDatabase({ ...spec, url: databases.config.urls.app });
  const ended = database.transaction(async (transaction) => {
    const [session] = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid');
    await databases.config.query('superuser', 'select pg_terminate_backend($1, 5000)', [session?.pid]);
    // The goodbye of the server arrives between two statements, when nobody waits for an answer.
    await new Promise((resolve) => setImmediate(resolve));
    await transaction.query('select 1');
  });
  await expect(ended).rejects.toMatchObject({ code: 'database_connection_lost' });
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  await database.close();
});

it('tells the SQLSTATE of what the server refused, and names the database without its password', async () => {
  await using databases = await createTestDatabases();
  const database = openDatabase({ ...spec, url: databases.config.urls.app });
  const error: unknown = await database.query('select from nowhere').catch((caught: unknown) => caught);
  expect(sqlStateOf(error)).toBe('42P01');
  expect(error).toMatchObject({
    code: 'database_error',
    message: expect.stringMatching(/^config database \(plimsoll_app@/),
  });
  await database.close();
});

it('answers in time when the server hangs, at connecting and at work, and can still be closed', async () => {
  await using hanging = await hangingServer();
  const url = new Secret(`postgres://app:pw@127.0.0.1:${hanging.port}/config`);
  const unconnected = openDatabase({ ...impatient, url });
  await expect(unconnected.query('select 1')).rejects.toMatchObject({ code: 'database_timeout' });
  await withDeadline(2000, async () => await unconnected.close());

  await using databases = await createTestDatabases();
  await using proxy = await startPostgresProxy(databases.config.urls.app);
  const database = openDatabase({ ...spec, url: proxy.urlThrough(databases.config.urls.app) });
  await database.query('select 1');
  proxy.pause();
  await withDeadline(2000, async () => await database.close());
});

it('says how long it waited for a server that accepts and never answers, and not to ask that server why', async () => {
  await using hanging = await hangingServer();
  const url = new Secret(`postgres://app:pw@127.0.0.1:${hanging.port}/config`);
  await expect(connect({ ...impatient, url })).rejects.toMatchObject({
    code: 'database_timeout',
    message: `config database (app@127.0.0.1:${hanging.port}/config): no answer within 300 ms`,
    hint: expect.stringMatching(/^Look at the machine and the log of the database server/),
  });
});

it('says how to open a database that was set to accept no connections, where waiting would not help', async () => {
  await using databases = await createTestDatabases();
  const { databaseName, urls } = databases.config;
  await queryServer(`alter database ${databaseName} allow_connections false`);
  await expect(connect({ ...spec, url: urls.app })).rejects.toMatchObject({
    code: 'database_not_accepting',
    message: expect.stringMatching(/\/t\w+_config\): set to accept no connections$/),
    hint: `Open it again, as superuser in another database: \`alter database ${databaseName} allow_connections true\`.`,
  });
});

it('goes on with new connections after the server came back', async () => {
  await using databases = await createTestDatabases();
  await using proxy = await startPostgresProxy(databases.config.urls.app);
  const database = openDatabase({ ...spec, url: proxy.urlThrough(databases.config.urls.app) });
  await database.query('select 1');
  await proxy.stop();
  await expect(database.query('select 1')).rejects.toMatchObject({ httpStatus: 503 });
  await proxy.start();
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  await database.close();
});

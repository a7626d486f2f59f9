import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { DeadlineExceeded, withDeadline } from '../../src/base/index.ts';
import { databaseNames } from '../../src/contract/index.ts';
import { connect } from '../../src/postgres/index.ts';
import { createTestDatabases, hangingServer, queryServer, startPostgresProxy, waitFor } from './index.ts';

const spec = { name: 'config', applicationName: 'testkit', connectTimeoutMs: 5000 };

describe('createTestDatabases', () => {
  it('gives three empty databases in which the owner makes tables and the app only uses them', async () => {
    await using databases = await createTestDatabases();
    await databases.config.query('owner', 'create table things (id int)');
    await databases.config.query('app', 'insert into things values (7)');
    expect(await databases.config.query('readonly', 'select id from things')).toEqual([{ id: 7 }]);
    await expect(databases.config.query('app', 'create table more (id int)')).rejects.toThrow('permission denied');
    await expect(databases.config.query('readonly', 'delete from things')).rejects.toThrow('permission denied');
    await expect(databases.results.query('owner', 'select from things')).rejects.toThrow('does not exist');
  });

  it('keeps databases of different tests apart and drops them when disposed, connected or not', async () => {
    const first = await createTestDatabases();
    await using second = await createTestDatabases();
    await first.jobs.query('owner', 'create table things (id int)');
    await expect(second.jobs.query('owner', 'select from things')).rejects.toThrow('does not exist');
    const client = await connect({ ...spec, url: first.jobs.urls.app });
    await first[Symbol.asyncDispose]();
    const left = await queryServer('select from pg_database where datname = $1', [first.jobs.databaseName]);
    expect(left).toEqual([]);
    await client.end().catch(() => undefined);
  });

  it('gives databases that this release has migrated, each with its ledger', async () => {
    await using databases = await createTestDatabases({ migrated: true });
    expect(await databases.config.query('app', 'select count(*)::int as users from users')).toEqual([{ users: 0 }]);
    const ledger = 'select bool_and(finished_at is not null) as whole from plimsoll.schema_migration';
    for (const name of databaseNames) expect(await databases[name].query('app', ledger)).toEqual([{ whole: true }]);
  });

  it('fills a template once, however many tests ask for it at the same time', async () => {
    let fills = 0;
    const template = {
      name: 'of_the_testkit',
      fill: async (databases: Awaited<ReturnType<typeof createTestDatabases>>) => {
        fills += 1;
        await databases.config.query('owner', 'create table prepared (id int)');
      },
    };
    const all = await Promise.all([1, 2, 3].map(async () => await createTestDatabases({ template })));
    for (const databases of all) {
      expect(await databases.config.query('app', 'select count(*)::int as n from prepared')).toEqual([{ n: 0 }]);
      await databases[Symbol.asyncDispose]();
    }
    expect(fills).toBe(1);
  });
});

describe('startPostgresProxy', () => {
  it('forwards, refuses while stopped and forwards again on the same port', async () => {
    await using databases = await createTestDatabases();
    await using proxy = await startPostgresProxy(databases.config.urls.app);
    const url = proxy.urlThrough(databases.config.urls.app);
    const client = await connect({ ...spec, url });
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await proxy.stop();
    await expect(client.query('select 1')).rejects.toThrow(/terminated|not queryable/);
    await expect(connect({ ...spec, url })).rejects.toMatchObject({ code: 'database_unreachable' });
    await proxy.start();
    const again = await connect({ ...spec, url });
    await again.end();
  });

  it('hangs old and new connections while paused and answers when resumed', async () => {
    await using databases = await createTestDatabases();
    await using proxy = await startPostgresProxy(databases.config.urls.app);
    const url = proxy.urlThrough(databases.config.urls.app);
    const client = await connect({ ...spec, url });
    proxy.pause();
    const answer = client.query('select 2 as two');
    await expect(withDeadline(200, async () => await answer)).rejects.toBeInstanceOf(DeadlineExceeded);
    await expect(connect({ ...spec, url, connectTimeoutMs: 200 })).rejects.toMatchObject({ code: 'database_timeout' });
    proxy.resume();
    expect((await answer).rows).toEqual([{ two: 2 }]);
    await client.end();
  });
});

describe('hangingServer', () => {
  it('accepts and stays silent', async () => {
    await using server = await hangingServer();
    const socket = connectTcp(server.port, '127.0.0.1');
    await once(socket, 'connect');
    await waitFor(() => server.connections === 1, { what: 'the connection to be counted' });
    socket.destroy();
    await waitFor(() => server.connections === 0, { what: 'the connection to be gone' });
  });
});

describe('waitFor', () => {
  it('names what it waited for and the last complaint', async () => {
    const never = waitFor(() => Promise.reject(new Error('still closed')), { what: 'the door', timeoutMs: 50 });
    await expect(never).rejects.toThrow('waited 50 ms in vain for the door (still closed)');
  });
});

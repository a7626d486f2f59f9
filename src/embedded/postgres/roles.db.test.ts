import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTestDatabases, queryServer, serverUrl } from '../../../test/testkit/index.ts';
import { connect, disconnect, type PostgresClient } from '../../postgres/index.ts';

async function as<T>(
  role: 'app' | 'owner' | 'prove' | 'monitor',
  database: string,
  work: (client: PostgresClient) => Promise<T>,
) {
  const url = serverUrl(role, database);
  const client = await connect({ name: 'test', url, applicationName: 'test', connectTimeoutMs: 10_000 });
  try {
    return await work(client);
  } finally {
    await disconnect(client);
  }
}

test('the role that proves makes and drops databases of its own, and reads nothing of the product', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  const own = `plimsoll_prove_${randomBytes(4).toString('hex')}_config`;
  await as('prove', 'postgres', async (client) => {
    await client.query(`create database ${own} template template0`);
    await client.query(`drop database ${own}`);
    const { databaseName } = databases.config;
    await expect(client.query(`drop database ${databaseName}`)).rejects.toThrow('must be owner');
    await expect(client.query(`alter database ${databaseName} rename to ${own}`)).rejects.toThrow('must be owner');
    await expect(client.query('create role more')).rejects.toThrow('permission denied');
  });
  await as('prove', databases.config.databaseName, async (client) => {
    await expect(client.query('select from public.users')).rejects.toThrow('permission denied');
    await expect(client.query('create table public.things (id int)')).rejects.toThrow('permission denied');
  });
});

test('the role of Database Status has pg_monitor and nothing more', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  const [granted] = await queryServer(
    `select array_agg(r.rolname::text) as roles from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = 'plimsoll_monitor'::regrole`,
  );
  expect(granted).toEqual({ roles: ['pg_monitor'] });
  await as('monitor', databases.config.databaseName, async (client) => {
    await expect(client.query('select from public.users')).rejects.toThrow('permission denied');
    await expect(client.query('create table public.things (id int)')).rejects.toThrow('permission denied');
    await expect(client.query('create database more')).rejects.toThrow('permission denied');
  });
});

test('the manager cannot change a schema, make a database or end sessions of the owner', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await as('app', databases.config.databaseName, async (client) => {
    await expect(client.query('alter table users add column more int')).rejects.toThrow('must be owner');
    await expect(client.query('create table things (id int)')).rejects.toThrow('permission denied');
    await expect(client.query('create database more')).rejects.toThrow('permission denied');
  });
  await as('owner', databases.config.databaseName, async (owner) => {
    const [session] = (await owner.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
    await as('app', databases.config.databaseName, async (client) => {
      await expect(client.query('select pg_terminate_backend($1)', [session?.pid])).rejects.toThrow(
        'permission denied',
      );
    });
  });
});

test('the owner ends sessions of the manager, of backups and of Database Status, for a restore', async () => {
  const [row] = await queryServer(
    `select array_agg(r::text order by r::text) as ends from unnest('{plimsoll_app,plimsoll_readonly,plimsoll_monitor,plimsoll_prove}'::regrole[]) r
      where pg_has_role('plimsoll_owner', r, 'usage')`,
  );
  expect(row).toEqual({ ends: ['plimsoll_app', 'plimsoll_monitor', 'plimsoll_readonly'] });
});

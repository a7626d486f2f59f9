import { expect, test } from 'vitest';
import { createTestDatabases, type TestDatabase } from '../../test/testkit/index.ts';
import { connect, targetOf } from '../postgres/index.ts';
import { ledgerSchemaSql } from './ledger-schema.ts';
import { readLedger, tryLockAndReadLedger, type Queryable } from './ledger.ts';

async function open(database: TestDatabase, role: 'owner' | 'app' | 'readonly' | 'superuser' = 'owner') {
  const spec = { name: 'jobs', url: database.urls[role], applicationName: 'test', connectTimeoutMs: 5000 };
  const client = await connect(spec);
  return { client, target: targetOf(spec), [Symbol.asyncDispose]: async () => await client.end() };
}

const insertRow = `insert into plimsoll.schema_migration values (1, 'create_a', repeat('a', 64), '2026-11-22 10:00:00.5Z', null,
  'ada', 'operator', '1.0.0', 'abc', '00000000-0000-4000-8000-000000000001', 0)`;

test('a database that was never migrated reads as one without a ledger, and the server logs no error', async () => {
  await using databases = await createTestDatabases();
  await using connection = await open(databases.jobs);
  const reading = await readLedger(connection.client, connection.target);
  expect(reading).toEqual({
    exists: false,
    rows: [],
    lockHeld: false,
    readableByAll: true,
    serverVersionNum: expect.any(Number),
  });
  expect(reading.serverVersionNum).toBeGreaterThan(140_000);
});

test('an empty ledger reads as one that exists', async () => {
  await using databases = await createTestDatabases();
  await databases.jobs.query('owner', ledgerSchemaSql);
  await using connection = await open(databases.jobs);
  await expect(readLedger(connection.client, connection.target)).resolves.toMatchObject({ exists: true, rows: [] });
});

test("the manager's role reads every column of a row", async () => {
  await using databases = await createTestDatabases();
  await databases.jobs.query('owner', ledgerSchemaSql);
  await databases.jobs.query('owner', insertRow);
  await using connection = await open(databases.jobs, 'app');
  const { rows } = await readLedger(connection.client, connection.target);
  expect(rows).toEqual([
    {
      version: 1,
      name: 'create_a',
      checksum: 'a'.repeat(64),
      startedAt: new Date('2026-11-22T10:00:00.500Z'),
      finishedAt: null,
      appliedBy: 'ada',
      appliedBySource: 'operator',
      appVersion: '1.0.0',
      imageSha: 'abc',
      runId: '00000000-0000-4000-8000-000000000001',
      oldestCompatible: 0,
    },
  ]);
});

test('a row with the columns of the contract alone is read as applied by a role', async () => {
  await using databases = await createTestDatabases();
  await databases.jobs.query('owner', ledgerSchemaSql);
  await databases.jobs.query(
    'owner',
    `insert into plimsoll.schema_migration (version, name, checksum, started_at, finished_at, applied_by, app_version, image_sha, run_id, oldest_compatible)
     values (1, 'create_a', repeat('a', 64), now(), now(), 'other_tool', '1.0.0', 'abc', gen_random_uuid(), 0)`,
  );
  await using connection = await open(databases.jobs);
  const { rows } = await readLedger(connection.client, connection.target);
  expect(rows).toMatchObject([{ appliedBy: 'other_tool', appliedBySource: 'role' }]);
});

test('a ledger that may not be read is database_permission_denied, never an empty one', async () => {
  await using databases = await createTestDatabases();
  await databases.jobs.query('owner', ledgerSchemaSql);
  await databases.jobs.query('owner', 'revoke all on schema plimsoll from public');
  await using connection = await open(databases.jobs, 'app');
  await expect(readLedger(connection.client, connection.target)).rejects.toMatchObject({
    code: 'database_permission_denied',
  });
});

test('one session gets the lock, others see that it is held, and it ends with its session', async () => {
  await using databases = await createTestDatabases();
  const holder = await open(databases.jobs);
  await using other = await open(databases.jobs);
  await using elsewhere = await open(databases.config);
  expect((await tryLockAndReadLedger(holder.client, holder.target)).locked).toBe(true);
  expect(await tryLockAndReadLedger(other.client, other.target)).toMatchObject({
    locked: false,
    reading: { lockHeld: true },
  });
  expect((await readLedger(elsewhere.client, elsewhere.target)).lockHeld).toBe(false);
  await holder.client.end();
  await expect
    .poll(async () => (await tryLockAndReadLedger(other.client, other.target)).locked, { timeout: 5000 })
    .toBe(true);
});

test('the lock is tried in a transaction that sees what was committed before it, whatever the default isolation is', async () => {
  await using databases = await createTestDatabases();
  await using connection = await open(databases.jobs);
  const queries: string[] = [];
  const query = async (sql: string) => {
    queries.push(sql);
    return await connection.client.query(sql);
  };
  await tryLockAndReadLedger({ query } as unknown as Queryable, connection.target);
  expect(queries).toEqual([expect.stringMatching(/^begin isolation level read committed; select pg_catalog\.pg_try_/)]);
});

test('the ledger refuses to lose or change a row; an open row may be finished, once', async () => {
  await using databases = await createTestDatabases();
  await databases.jobs.query('owner', ledgerSchemaSql);
  await databases.jobs.query('owner', insertRow);
  const run = async (sql: string) => await databases.jobs.query('owner', sql);
  const refused = /append-only/;
  await expect(run('delete from plimsoll.schema_migration')).rejects.toThrow(refused);
  await expect(run('truncate plimsoll.schema_migration')).rejects.toThrow(refused);
  await expect(run("update plimsoll.schema_migration set name = 'x'")).rejects.toThrow(refused);
  await expect(run("update plimsoll.schema_migration set finished_at = now(), applied_by = 'x'")).rejects.toThrow(
    refused,
  );
  await run('update plimsoll.schema_migration set finished_at = now()');
  await expect(run('update plimsoll.schema_migration set finished_at = now()')).rejects.toThrow(refused);
});

test('making the ledger again changes nothing', async () => {
  await using databases = await createTestDatabases();
  await databases.jobs.query('owner', ledgerSchemaSql);
  await databases.jobs.query('owner', insertRow);
  await databases.jobs.query('owner', ledgerSchemaSql);
  await expect(databases.jobs.query('owner', 'select from plimsoll.schema_migration')).resolves.toHaveLength(1);
});

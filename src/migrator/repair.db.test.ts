import { expect, test } from 'vitest';
import { createMigrationsFolder, createTestDatabases } from '../../test/testkit/index.ts';
import { connect, targetOf } from '../postgres/index.ts';
import { readDrift } from './drift.ts';
import { readDefinitions } from './definitions.ts';
import { tryLockAndReadLedger } from './ledger.ts';
import { expectedDefinition, findLeftover } from './leftovers.ts';
import { runRepair, type RepairOptions } from './repair.ts';
import { runMigrator } from './run.ts';

const indexed = [
  'create table a (id integer); insert into a values (1), (1);',
  '-- plimsoll: transaction=none\ncreate unique index concurrently a_id_is_unique on a (id);',
];

/** A database whose second migration failed outside its transaction: an invalid index and an open row are left. */
async function setup() {
  const databases = await createTestDatabases();
  const release = createMigrationsFolder({ config: indexed });
  const options = { urls: databases.urls('owner'), manifest: release.manifest, migrationsDir: release.dir };
  const failed = await runMigrator(options);
  return {
    databases,
    release,
    failed,
    migrate: async () => (await runMigrator(options)).databases[0],
    repair: async (more: Partial<RepairOptions> = {}) =>
      (await runRepair({ ...options, confirm: async () => true, ...more })).databases[0],
    query: async (sql: string) => await databases.config.query('owner', sql),
    connect: async () => {
      const spec = { name: 'config', url: databases.config.urls.owner, applicationName: 'x', connectTimeoutMs: 5000 };
      const client = await connect(spec);
      return { client, target: targetOf(spec), [Symbol.asyncDispose]: async () => await client.end() };
    },
    [Symbol.asyncDispose]: async () => {
      release[Symbol.dispose]();
      await databases[Symbol.asyncDispose]();
    },
  };
}

test('a statement that fails outside a transaction leaves the database dirty, and says that repair settles it', async () => {
  await using deployment = await setup();
  expect(deployment.failed.databases[0]).toMatchObject({
    outcome: 'failed',
    current: 1,
    error: { code: 'migration_failed', remedy: expect.stringContaining('migrator repair --database config') },
  });
  expect(await deployment.migrate()).toMatchObject({ outcome: 'refused', problems: [{ code: 'dirty' }] });
});

test('repair drops the invalid index, runs the statement again, and finishes the same row', async () => {
  await using deployment = await setup();
  await deployment.query('delete from a where ctid = (select min(ctid) from a)');
  expect(await deployment.repair({ operator: 'grace' })).toMatchObject({
    outcome: 'repaired',
    findings: [
      {
        version: 2,
        startedBy: 'plimsoll_owner',
        leftover: { name: 'public.a_id_is_unique', isValid: false },
        action: 'run-again',
        sql: indexed[1],
      },
    ],
  });
  expect(await deployment.query('select indisvalid from pg_index where indrelid = $$a$$::regclass')).toEqual([
    { indisvalid: true },
  ]);
  expect(
    await deployment.query('select version, finished_at is not null as finished from plimsoll.schema_migration'),
  ).toEqual([
    { version: 1, finished: true },
    { version: 2, finished: true },
  ]);
  expect(await deployment.query("select who, outcome, note from plimsoll.migration_run where kind = 'repair'")).toEqual(
    [{ who: 'grace', outcome: 'done', note: 'run-again 0002_step_2' }],
  );
  await using connection = await deployment.connect();
  expect(await readDrift(connection.client, connection.target)).toMatchObject({ status: 'none' });
  expect(await deployment.migrate()).toMatchObject({ outcome: 'up-to-date', current: 2 });
  expect(await deployment.repair()).toMatchObject({ outcome: 'nothing-to-repair', findings: [], error: null });
});

test('a repair that fails again leaves the row open, and says why', async () => {
  await using deployment = await setup();
  expect(await deployment.repair()).toMatchObject({ outcome: 'failed', error: { code: 'migration_failed' } });
  expect(await deployment.migrate()).toMatchObject({ outcome: 'refused', problems: [{ code: 'dirty' }] });
});

test('an index that was finished before the migrator died is kept, and only the row is finished', async () => {
  await using deployment = await setup();
  await deployment.query('delete from a where ctid = (select min(ctid) from a)');
  await deployment.query('reindex index a_id_is_unique');
  expect(await deployment.repair()).toMatchObject({ outcome: 'repaired', findings: [{ action: 'finish' }] });
  expect(await deployment.migrate()).toMatchObject({ outcome: 'up-to-date', current: 2 });
});

test('an index of the right name that is another one is not taken for the finished one', async () => {
  await using deployment = await setup();
  await deployment.query('drop index a_id_is_unique; create index a_id_is_unique on a (id)');
  expect(await deployment.repair()).toMatchObject({
    outcome: 'refused',
    error: {
      code: 'repair_index_differs',
      message: expect.stringContaining('found "USING btree (id)", expected "UNIQUE USING btree (id)"'),
      remedy: expect.stringContaining('drop index concurrently public.a_id_is_unique'),
    },
  });
  expect(await deployment.migrate()).toMatchObject({ outcome: 'refused', problems: [{ code: 'dirty' }] });
  expect(await deployment.repair({ markApplied: true })).toMatchObject({ outcome: 'repaired' });
});

test.each([
  'create index concurrently i on a (id)',
  'CREATE INDEX CONCURRENTLY IF NOT EXISTS "I ""x""" ON ONLY public."a" USING btree (id desc, (id + 1)) WHERE id > 1;',
  'create unique index concurrently i on a (id) include (b) nulls not distinct with (fillfactor = 70)',
  'create index concurrently i on public.a using hash (b)',
  'create index concurrently i on a (b collate "C" text_pattern_ops)',
])('%s is known again by what Postgres prints of it', async (statement) => {
  await using databases = await createTestDatabases();
  const sql = `-- plimsoll: transaction=none\n${statement}`;
  using release = createMigrationsFolder({ config: ['create table a (id integer, b text);', sql] });
  await runMigrator({ urls: databases.urls('owner'), manifest: release.manifest, migrationsDir: release.dir });
  const migration = (await readDefinitions(release.dir)).config.at(-1);
  if (migration === undefined) throw new Error('no migration');
  const spec = { name: 'config', url: databases.config.urls.owner, applicationName: 'x', connectTimeoutMs: 5000 };
  const client = await connect(spec);
  const found = await findLeftover(client, migration);
  expect(found?.definition).toMatch(/^(UNIQUE )?USING /);
  expect(await expectedDefinition(client, migration)).toBe(found?.definition);
  await client.end();
});

test('an index that is in the way of a migration is found before the ledger has an open row', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({
    config: [
      'create table a (id integer, b integer);',
      '-- plimsoll: transaction=none\ncreate unique index concurrently a_i on a (id);',
    ],
  });
  const options = { urls: databases.urls('owner'), manifest: release.manifest, migrationsDir: release.dir };
  await runMigrator({ ...options, to: 1, only: ['config'] });
  await databases.config.query('owner', 'create index a_i on a (b)');
  expect((await runMigrator(options)).databases[0]).toMatchObject({
    outcome: 'failed',
    current: 1,
    error: { code: 'migration_index_exists', message: expect.stringContaining('public.a_i') },
  });
  await databases.config.query('owner', 'drop index a_i');
  expect((await runMigrator(options)).databases[0]).toMatchObject({ outcome: 'migrated', current: 2 });
});

test('--mark-applied runs nothing and takes the operator at their word', async () => {
  await using deployment = await setup();
  await deployment.query('drop index a_id_is_unique');
  expect(await deployment.repair({ markApplied: true })).toMatchObject({
    outcome: 'repaired',
    findings: [{ action: 'mark-applied' }],
  });
  expect(await deployment.query("select to_regclass('a_id_is_unique') as index")).toEqual([{ index: null }]);
  expect(await deployment.migrate()).toMatchObject({ outcome: 'up-to-date', current: 2 });
});

test('without confirmation nothing is changed', async () => {
  await using deployment = await setup();
  expect(await deployment.repair({ confirm: async () => false })).toMatchObject({
    outcome: 'refused',
    error: { code: 'repair_not_confirmed' },
  });
  expect(await deployment.query("select from plimsoll.migration_run where kind = 'repair'")).toEqual([]);
});

test('while a migrator holds the lock there is nothing to repair yet', async () => {
  await using deployment = await setup();
  await using holder = await deployment.connect();
  expect((await tryLockAndReadLedger(holder.client, holder.target)).locked).toBe(true);
  expect(await deployment.repair()).toMatchObject({ outcome: 'refused', error: { code: 'repair_locked' } });
});

test('an image without the interrupted file cannot run it again, but can mark it as applied', async () => {
  await using deployment = await setup();
  using older = createMigrationsFolder({ config: indexed.slice(0, 1) });
  const from = { manifest: older.manifest, migrationsDir: older.dir };
  expect(await deployment.repair(from)).toMatchObject({ outcome: 'failed', error: { code: 'repair_file_missing' } });
  expect(await deployment.repair({ ...from, markApplied: true })).toMatchObject({
    outcome: 'repaired',
    findings: [{ sql: null }],
  });
});

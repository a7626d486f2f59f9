import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  createMigrationsFolder,
  createTestDatabases,
  type MigrationsFolder,
  type TestDatabases,
} from '../../test/testkit/index.ts';
import { Secret } from '../base/index.ts';
import { runMigrator, type MigratorOptions } from './run.ts';

const sound = 'create table a (id integer);';
/** Files are looked into before they are sent: this one would tear its transaction from its ledger row. */
const faulty = 'create table b (id integer); commit;';
const refusal = { code: 'migration_transaction_control', message: expect.stringContaining('.sql:1: found "commit"') };

function options(databases: TestDatabases, release: MigrationsFolder): MigratorOptions {
  return { urls: databases.urls('owner'), manifest: release.manifest, migrationsDir: release.dir };
}

async function isUntouched(databases: TestDatabases): Promise<boolean> {
  const found = await databases.config.query(
    'owner',
    "select coalesce(to_regnamespace('plimsoll')::text, to_regclass('a')::text) as left_behind",
  );
  return found[0]?.['left_behind'] === null;
}

test('a fault in the last file of the last database stops a run before anything is changed in the first', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: [sound], jobs: [sound, faulty] });
  await expect(runMigrator(options(databases, release))).rejects.toMatchObject(refusal);
  expect(await isUntouched(databases)).toBe(true);
});

test('the files of a database that cannot be read, or was not chosen, are checked all the same', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: [sound], jobs: [faulty] });
  const given = options(databases, release);
  const urls = { ...given.urls, jobs: new Secret('postgres://nobody@127.0.0.1:1/jobs') };
  await expect(runMigrator({ ...given, urls })).rejects.toMatchObject(refusal);
  await expect(runMigrator({ ...given, only: ['config'] })).rejects.toMatchObject(refusal);
  expect(await isUntouched(databases)).toBe(true);
});

test('a fault beyond the version that is aimed at stops a run too', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: [sound, faulty] });
  await expect(runMigrator({ ...options(databases, release), to: 1 })).rejects.toMatchObject(refusal);
  expect(await isUntouched(databases)).toBe(true);
});

test('an applied file that was changed is checked anew', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: [sound] });
  await runMigrator(options(databases, release));
  release.write('config', 1, faulty);
  await expect(runMigrator(options(databases, release))).rejects.toMatchObject(refusal);
});

test('an applied file that was not changed is not checked again: a stricter release must not stumble over it', async () => {
  await using databases = await createTestDatabases();
  using release = createMigrationsFolder({ config: [sound] });
  await runMigrator(options(databases, release));
  release.write('config', 2, faulty);
  await databases.config.query(
    'owner',
    `insert into plimsoll.schema_migration select 2, 'step_2', '${createHash('sha256').update(faulty).digest('hex')}',
      started_at, finished_at, applied_by, applied_by_source, app_version, image_sha, run_id, 1 from plimsoll.schema_migration`,
  );
  const report = await runMigrator({ ...options(databases, release), manifest: release.requiring({ config: 2 }) });
  expect(report.databases[0]).toMatchObject({ outcome: 'up-to-date', current: 2, error: null });
});

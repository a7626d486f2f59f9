import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/base/index.ts';
import { databaseNames, type DatabaseName } from '../../src/contract/index.ts';
import { provisionDatabases } from '../../src/embedded/index.ts';
import { scratchFolder, startChild, startPair, urlOfSeveral, waitFor } from '../testkit/index.ts';
import { openSite } from '../testkit/site.ts';

const planted = 'planted-password-of-the-roles';

/** A primary with the product's roles and databases, its standby, and URLs that name both. */
async function setup() {
  const things = new AsyncDisposableStack();
  onTestFinished(async () => await things.disposeAsync());
  const { primary, standby } = things.use(await startPair());
  const folder = things.use(await scratchFolder()).path;
  const password = new Secret(planted);
  await provisionDatabases(
    { superuserUrl: (database) => primary.url(database) },
    { owner: password, app: password, readonly: password, prove: password, monitor: password },
  );
  // The standby comes first, so that whoever takes the first who answers is found out.
  const folders = [standby.folder, primary.folder];
  const urls = (role: string, query = '') =>
    Object.fromEntries(
      databaseNames.map((name) => [name, urlOfSeveral(folders, name, { user: `plimsoll_${role}:${planted}`, query })]),
    ) as Record<DatabaseName, Secret>;
  const environment = (prefix: string, of: Record<DatabaseName, Secret>) =>
    Object.fromEntries(databaseNames.map((name) => [`${prefix}${name.toUpperCase()}_DATABASE_URL`, of[name].reveal()]));
  const said: string[] = [];
  const start = (words: readonly string[], more: Record<string, string> = {}) =>
    things.use(
      startChild({
        args: ['src/main.ts', ...words],
        environment: {
          ...environment('MIGRATOR_', urls('owner')),
          ...environment('BACKUP_', urls('readonly', '&target_session_attrs=prefer-standby')),
          BACKUP_DIR: join(folder, 'bundles'),
          DATA_DIR: join(folder, 'state'),
          OPERATOR: 'ada',
          ...more,
        },
      }),
    );
  const type = async (words: readonly string[], more: Record<string, string> = {}) => {
    const child = start(words, more);
    const code = await child.exited;
    said.push(child.stdout(), child.stderr());
    return { code, stdout: child.stdout(), stderr: child.stderr() };
  };
  const site = things.use(await openSite({ urls: urls('app'), folder }));
  return { primary, standby, folder, site, start, type, said };
}

/** The next release: one migration of the jobs database more, which takes its time. */
function nextRelease(folder: string) {
  const migrations = join(folder, 'migrations');
  cpSync('migrations', migrations, { recursive: true });
  const manifest = JSON.parse(readFileSync('release.json', 'utf8')) as {
    databases: Record<DatabaseName, { schemaVersion: number }>;
  };
  const version = manifest.databases.jobs.schemaVersion + 1;
  manifest.databases.jobs.schemaVersion = version;
  writeFileSync(join(folder, 'next.json'), JSON.stringify({ ...manifest, appVersion: '9.9.9' }));
  const file = join(migrations, 'jobs', `${String(version).padStart(4, '0')}_add_note.sql`);
  const table = 'create table written_by_the_next_release (id integer primary key);\n';
  return {
    environment: { MIGRATIONS_DIR: migrations, RELEASE_MANIFEST: join(folder, 'next.json') },
    slow: () => writeFileSync(file, `${table}select pg_sleep(3600);\n`),
    quick: () => writeFileSync(file, table),
  };
}

test('when the primary dies in the midst of a migration, managers and migrator go on with the standby that was promoted', async () => {
  const { primary, standby, folder, site, start, type, said } = await setup();
  expect(await type(['migrator'])).toMatchObject({ code: 0 });
  const caughtUp = async (): Promise<boolean> => {
    const rows = await primary.query(
      'postgres',
      "select from pg_stat_replication where state = 'streaming' and replay_lsn = pg_current_wal_lsn()",
    );
    return rows.length > 0;
  };
  const manager = await site.startManager();
  const ready = async (): Promise<boolean> => (await fetch(`${site.url}/readyz`)).ok;
  await waitFor(ready, { what: 'the manager to be ready', timeoutMs: 60_000 });
  await site.enrolmentToken(1);
  await waitFor(caughtUp, { what: 'the standby to keep up', timeoutMs: 30_000 });

  // What was looked at says which of the servers it was.
  const { stdout } = await type(['migrator', 'preflight', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: { code: string; message: string }[] };
  expect(checks.find(({ code }) => code === 'database_reachable')?.message).toMatch(
    new RegExp(`^Postgres [0-9.]+ answers for config, results and jobs at ${primary.folder}:5432$`),
  );

  const next = nextRelease(folder);
  next.slow();
  const migrating = start(['migrator'], next.environment);
  await waitFor(
    async () =>
      (
        await primary.query(
          'postgres',
          "select from pg_stat_activity where query like '%pg_sleep(3600)%' and pid <> pg_backend_pid()",
        )
      ).length > 0,
    { what: 'the migration to run', timeoutMs: 30_000 },
  );
  await primary.kill();
  expect(await migrating.exited).toBe(1);
  said.push(migrating.stderr());

  // Nobody takes the standby for a primary.
  await waitFor(async () => !(await ready()), { what: 'the gate to close', timeoutMs: 30_000 });
  const refused = await type(['migrator', 'status', '--json'], next.environment);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain('database_target_missing');
  expect(refused.stdout).toContain(`${standby.folder}:5432 is a standby, primary is wanted`);
  expect(refused.stdout).toContain(`${primary.folder}:5432 connect`);

  // What may be read from a standby still is.
  const taken = await type(['backup', 'take', '--direct', '--json']);
  expect(taken, taken.stderr).toMatchObject({ code: 0 });

  await standby.query('postgres', 'select pg_promote()');
  await waitFor(ready, { what: 'the manager to be ready again, by itself', timeoutMs: 60_000 });
  await site.enrolmentToken(1);
  next.quick();
  expect(await type(['migrator'], next.environment)).toMatchObject({ code: 0 });
  expect(
    await standby.query('jobs', "select 1 as here from pg_tables where tablename = 'written_by_the_next_release'"),
  ).toEqual([{ here: 1 }]);
  // One release ahead of the manager, which is let go on.
  await site.call('POST', '/api/scans', { name: 'after', targets: [{ host: '127.0.0.1', port: 1 }], kinds: ['tcp'] });
  expect(manager.process.exitCode).toBeNull();
  expect(said.join('') + manager.stdout() + manager.stderr()).not.toContain(planted);
});

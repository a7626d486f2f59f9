import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TimedCommand } from '../measure.ts';
import type { MigrationSet } from './migration-set.ts';

/** A way to bring databases up to date: ours, a peer's, or a floor that does only the SQL. */
export interface Migrator {
  readonly name: string;
  readonly note: string;
  /** Commands that migrate every database of the urls, in the order in which its users run them. */
  readonly commands: (set: MigrationSet, urls: readonly string[]) => readonly TimedCommand[];
  /** The same when everything is applied already; by default the same commands. */
  readonly noop?: (set: MigrationSet, urls: readonly string[]) => readonly TimedCommand[];
}

const packages = {
  dbmate: '2.36.0',
  'drizzle-orm': '0.45.4',
  'node-pg-migrate': '9.0.0',
  pg: '8.23.1',
  postgrator: '8.0.0',
  umzug: '3.8.3',
};
const folder = resolve('.cache/bench-peers');

/** Installs the peers at fixed versions into .cache/, apart from the product's own packages. */
export function installPeers(): void {
  const stamp = join(folder, 'installed.json');
  const wanted = JSON.stringify(packages);
  if (existsSync(stamp) && wanted === readFileSync(stamp, 'utf8')) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: packages }),
  );
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  writeFileSync(stamp, wanted);
}

function peerScript(name: string, source: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, source);
  return path;
}

/** All of them, ours first. */
export function migrators(): readonly Migrator[] {
  return [plimsoll(), psql(), bareNode(), dbmate(), nodePgMigrate(), drizzle(), postgrator(), umzug()];
}

function plimsoll(): Migrator {
  return {
    name: '**plimsoll migrator**',
    note: 'one process, the bundle that ships; all three databases, each under its lock, checks and ledger',
    commands: (set, urls) => [
      {
        command: [process.execPath, resolve('dist/program/plimsoll.js'), 'migrator'],
        environment: {
          CONFIG_DATABASE_URL: urls[0] ?? '',
          RESULTS_DATABASE_URL: urls[1] ?? '',
          JOBS_DATABASE_URL: urls[2] ?? '',
          MIGRATIONS_DIR: set.plimsollDir,
          RELEASE_MANIFEST: set.manifestPath,
        },
      },
    ],
  };
}

function psql(): Migrator {
  // Debian's /usr/bin/psql is a Perl script around this one and takes longer than the query.
  const program = globSync('/usr/lib/postgresql/*/bin/psql').at(-1) ?? 'psql';
  return {
    name: '`psql`',
    note: 'floor: one process a database, every file in its own transaction, no ledger; the no-op is `select 1`',
    commands: (set, urls) =>
      urls.map((url) => ({ command: [program, '-qX', '-v', 'ON_ERROR_STOP=1', '-d', url, '-f', set.psqlPath] })),
    noop: (_set, urls) => urls.map((url) => ({ command: [program, '-qX', '-d', url, '-c', 'select 1'] })),
  };
}

function bareNode(): Migrator {
  const script = peerScript(
    'bare',
    `import { readdirSync, readFileSync } from 'node:fs'; import pg from 'pg';
const [dir, ...urls] = process.argv.slice(2);
await Promise.all(urls.map(async (url) => {
  const client = new pg.Client(url); await client.connect();
  await client.query('create table if not exists bare_ledger (name text primary key)');
  const done = new Set((await client.query('select name from bare_ledger')).rows.map((row) => row.name));
  for (const name of readdirSync(dir).sort()) if (!done.has(name))
    await client.query('begin;' + readFileSync(dir + '/' + name, 'utf8') + ";insert into bare_ledger values ('" + name + "');commit");
  await client.end();
}));`,
  );
  return {
    name: 'bare Node script with `pg`',
    note: 'floor for Node: unbundled, databases at once, no lock and no checks',
    commands: (set, urls) => [{ command: [process.execPath, script, set.plainDir, ...urls] }],
  };
}

function dbmate(): Migrator {
  const binary = join(folder, 'node_modules/@dbmate', `${process.platform}-${process.arch}`, 'bin/dbmate');
  return {
    name: 'dbmate',
    note: 'Go binary, one run a database',
    commands: (set, urls) =>
      urls.map((url) => ({
        command: [binary, '--url', url, '--migrations-dir', set.dbmateDir, '--no-dump-schema', 'migrate'],
      })),
  };
}

function nodePgMigrate(): Migrator {
  const program = join(folder, 'node_modules/node-pg-migrate/bin/node-pg-migrate.js');
  return {
    name: 'node-pg-migrate',
    note: 'its own command, one run a database',
    commands: (set, urls) =>
      urls.map((url) => ({
        command: [process.execPath, program, 'up', '-m', set.nodePgMigrateDir],
        environment: { DATABASE_URL: url },
      })),
  };
}

function drizzle(): Migrator {
  const script = peerScript(
    'drizzle',
    `import pg from 'pg'; import { drizzle } from 'drizzle-orm/node-postgres'; import { migrate } from 'drizzle-orm/node-postgres/migrator';
const [dir, ...urls] = process.argv.slice(2);
await Promise.all(urls.map(async (url) => { const client = new pg.Client(url); await client.connect(); await migrate(drizzle(client), { migrationsFolder: dir }); await client.end(); }));`,
  );
  return {
    name: 'drizzle',
    note: 'as a script, databases at once',
    commands: (set, urls) => [{ command: [process.execPath, script, set.drizzleDir, ...urls] }],
  };
}

function postgrator(): Migrator {
  const script = peerScript(
    'postgrator',
    `import pg from 'pg'; import Postgrator from 'postgrator';
const [dir, ...urls] = process.argv.slice(2);
await Promise.all(urls.map(async (url) => { const client = new pg.Client(url); await client.connect();
  await new Postgrator({ driver: 'pg', migrationPattern: dir + '/*.sql', execQuery: (query) => client.query(query) }).migrate(); await client.end(); }));`,
  );
  return {
    name: 'postgrator',
    note: 'as a script, databases at once',
    commands: (set, urls) => [{ command: [process.execPath, script, set.postgratorDir, ...urls] }],
  };
}

function umzug(): Migrator {
  const script = peerScript(
    'umzug',
    `import { readFileSync } from 'node:fs'; import pg from 'pg'; import { Umzug } from 'umzug';
const [dir, ...urls] = process.argv.slice(2);
await Promise.all(urls.map(async (url) => { const client = new pg.Client(url); await client.connect();
  await client.query('create table if not exists umzug_ledger (name text primary key)');
  await new Umzug({ migrations: { glob: dir + '/*.sql', resolve: ({ name, path }) => ({ name, up: () => client.query(readFileSync(path, 'utf8')) }) },
    storage: { executed: async () => (await client.query('select name from umzug_ledger order by 1')).rows.map((row) => row.name),
      logMigration: ({ name }) => client.query('insert into umzug_ledger values ($1)', [name]), unlogMigration: async () => {} } , logger: undefined }).up();
  await client.end(); }));`,
  );
  return {
    name: 'umzug',
    note: 'as a script, databases at once',
    commands: (set, urls) => [{ command: [process.execPath, script, set.plainDir, ...urls] }],
  };
}

import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { Secret } from '../../src/base/index.ts';
import { databaseNames, type DatabaseName } from '../../src/contract/index.ts';
import { socketUrl } from '../../src/embedded/postgres/socket-url.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import { runMigrator } from '../../src/migrator/index.ts';
import { connect } from '../../src/postgres/index.ts';

/** The roles a test can speak as. `superuser` is for arranging what no role of the product may do. */
export type TestRole = 'owner' | 'app' | 'readonly' | 'monitor' | 'superuser';

type Row = Readonly<Record<string, unknown>>;

/** One database of a test. */
export interface TestDatabase {
  /** Its name on the server: unique, so that test files can run side by side. */
  readonly databaseName: string;
  readonly urls: Readonly<Record<TestRole, Secret>>;
  /** Runs SQL on a connection of its own and gives the rows of the last statement. */
  query(role: TestRole, text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** The three databases of a deployment, of this test alone; dropped when disposed, whoever is connected. */
export interface TestDatabases extends Readonly<Record<DatabaseName, TestDatabase>>, AsyncDisposable {
  /** The three URLs of one role, in the form the product's own functions take. */
  urls(role: TestRole): Readonly<Record<DatabaseName, Secret>>;
}

/** Contents that are prepared once a run and then cloned. */
export interface DatabaseTemplate {
  /** Tells templates of one run apart: lower-case letters, digits and `_`. */
  readonly name: string;
  fill(databases: TestDatabases): Promise<void>;
}

export interface TestDatabaseOptions {
  /** What the databases hold; default nothing. */
  readonly template?: DatabaseTemplate;
  /** Short for the template that this release's migrator leaves: its schema, its ledgers and no rows. */
  readonly migrated?: boolean;
}

const migratedTemplate: DatabaseTemplate = {
  name: 'migrated',
  fill: async (databases) => {
    const manifest = await readManifest(defaultManifestPath());
    const report = await runMigrator({
      urls: databases.urls('owner'),
      manifest,
      migrationsDir: defaultMigrationsDir(),
      operator: 'testkit',
    });
    const stuck = report.databases.find((database) => database.outcome !== 'migrated');
    if (stuck !== undefined) throw new Error(`${stuck.name} was not migrated: ${JSON.stringify(stuck)}`);
  },
};

/** Makes three fresh databases on the run's cluster: a clone costs some 10 ms. */
export async function createTestDatabases(options: TestDatabaseOptions = {}): Promise<TestDatabases> {
  const template = options.template ?? (options.migrated === true ? migratedTemplate : undefined);
  const source = template === undefined ? '' : await prepareTemplate(template);
  const prefix = `t${randomBytes(6).toString('hex')}_`;
  await cloneDatabases(source, prefix);
  return databasesAt(prefix);
}

/** Runs one statement as superuser outside the test's databases: roles, databases, other sessions. */
export async function queryServer(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  return await runQuery(urlOf('superuser', 'postgres'), text, values);
}

/** URL of a role in any database of the run's cluster. */
export function serverUrl(role: TestRole | 'prove', database = 'postgres'): Secret {
  return urlOf(role, database);
}

/** Fills a template under a lock, so that parallel test files do it once; gives the prefix of its databases. */
async function prepareTemplate(template: DatabaseTemplate): Promise<string> {
  const prefix = `template_${template.name}_`;
  const client = await connect(connectionTo(urlOf('superuser', 'postgres')));
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [prefix]);
    const found = await client.query('select from pg_database where datname = $1', [`${prefix}ready`]);
    if (found.rowCount === 0) await fillTemplate(template, prefix);
    return prefix;
  } finally {
    await client.end();
  }
}

/** The database named `…ready` is the last to be made: it says that the others are whole. */
async function fillTemplate(template: DatabaseTemplate, prefix: string): Promise<void> {
  await dropDatabases(prefix);
  await cloneDatabases('', prefix);
  await template.fill(databasesAt(prefix));
  await queryServer(`create database ${prefix}ready template config strategy file_copy`);
}

async function cloneDatabases(fromPrefix: string, toPrefix: string): Promise<void> {
  for (const name of databaseNames) {
    await queryServer(
      `create database ${toPrefix}${name} template ${fromPrefix}${name} strategy file_copy owner plimsoll_owner`,
    );
  }
}

async function dropDatabases(prefix: string): Promise<void> {
  for (const name of databaseNames) await queryServer(`drop database if exists ${prefix}${name} with (force)`);
}

function databasesAt(prefix: string): TestDatabases {
  const entry = (name: DatabaseName) => [name, databaseAt(`${prefix}${name}`)] as const;
  const databases = Object.fromEntries(databaseNames.map(entry)) as Record<DatabaseName, TestDatabase>;
  return {
    ...databases,
    urls: (role) =>
      Object.fromEntries(databaseNames.map((name) => [name, databases[name].urls[role]])) as Record<
        DatabaseName,
        Secret
      >,
    [Symbol.asyncDispose]: async () => await dropDatabases(prefix),
  };
}

function databaseAt(databaseName: string): TestDatabase {
  const roles = ['owner', 'app', 'readonly', 'monitor', 'superuser'] as const;
  const urls = Object.fromEntries(roles.map((role) => [role, urlOf(role, databaseName)])) as Record<TestRole, Secret>;
  return {
    databaseName,
    urls,
    query: async (role, text, values = []) => await runQuery(urls[role], text, values),
  };
}

function urlOf(role: TestRole | 'prove', database: string): Secret {
  const { socketDir, passwords } = inject('cluster');
  const name = role === 'superuser' ? 'postgres' : `plimsoll_${role}`;
  return socketUrl({ role: name, password: new Secret(passwords[role]), database, socketDir });
}

async function runQuery(url: Secret, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
  const client = await connect(connectionTo(url));
  try {
    const result = await client.query<Row>(text, [...values]);
    // Several statements in one text give an array of results.
    const last = Array.isArray(result) ? (result as (typeof result)[]).at(-1) : result;
    return last?.rows ?? [];
  } finally {
    await client.end();
  }
}

function connectionTo(url: Secret) {
  return { name: 'test', url, applicationName: 'plimsoll test', connectTimeoutMs: 10_000 };
}

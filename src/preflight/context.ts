import { wordForDeployment, type AppError, type Clock, type Secret } from '../base/index.ts';
import {
  databaseNames,
  type Acknowledgement,
  type DatabaseName,
  type LatestBundle,
  type Manifest,
  type MigrationCost,
} from '../contract/index.ts';
import { hostReached, openDatabase, psqlCommand, targetOf, type Database } from '../postgres/index.ts';
import {
  assessSchema,
  majorOf,
  readDefinitions,
  readDrift,
  readLedger,
  requireMigrations,
  surveyDatabases,
  type Definitions,
  type DriftReading,
  type LedgerReading,
  type MigrationDefinition,
  type SchemaAssessment,
} from '../migrator/index.ts';
import { readCatalogue, type LiveCatalogue, type ReadRows } from './impact/catalogue.ts';
import { readForeseen } from './foreseen.ts';
import { acknowledgementOf } from './impact/impact.ts';
import { impactsOf } from './impact/impacts.ts';
import { lintPending, type LintedMigration } from './impact/lint-pending.ts';
import type { ForeseenMigration } from './impact/past.ts';
import { once } from './once.ts';
import { measuredIn, standingOf, type RehearsalStanding } from './rehearsal-standing.ts';
import { pendingDigestOf, readRehearsals } from './rehearsals.ts';
import { patiently } from './turned-away.ts';

/** What preflight asks of the world outside the databases; each can be put in by a test. */
export interface PreflightEffects {
  /** Throws an AppError that says why the backup service did not tell. */
  readonly readLastBackup: () => Promise<LatestBundle>;
  /** Free bytes of the file system that holds a folder of the database server; undefined when it is not on this machine. */
  readonly readFreeBytes: (folder: string) => Promise<number | undefined>;
  /** Every setting of this image that is not valid in this environment, as sentences. */
  readonly checkSettings: () => readonly string[];
  readonly clock: Clock;
}

/** What is judged, and on what. */
export interface PreflightSubject {
  readonly manifest: Manifest;
  readonly migrationsDir: string;
  readonly imageSha: string;
  /** Where each database is, with the migrator's role. */
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  /** How the migrator is started in this deployment, for the remedies. */
  readonly migratorCommand: string;
  /** A transaction open for this long is worth saying; default a minute, longer than any request of the manager takes. */
  readonly longTransactionSeconds?: number;
  /** The hash with which somebody has acknowledged the dangerous migrations. */
  readonly acknowledged?: string | undefined;
  /** Why the rehearsal that was asked for could not be made; undefined: it was, or none was asked for. */
  readonly rehearsalHindrance?: AppError | undefined;
}

/** What the server told a connection of the migrator's. */
export interface Greeting {
  readonly ledger: LedgerReading;
  /** The process that the greeting named; a pooler makes one up. */
  readonly greetedPid: number;
  /** The process that answered. */
  readonly backendPid: number;
  /** Such as `18.4`. */
  readonly serverVersion: string;
  /** Which of several hosts it was, `host:port`; undefined where the URL names one. */
  readonly server: string | undefined;
}

/** One database as the checks see it. Every method throws a `database_*` AppError when it cannot be read; nothing is read twice. */
export interface DatabaseUnderCheck {
  readonly name: DatabaseName;
  readonly label: string;
  /** The migrator's, as its URL names it. */
  readonly role: string;
  readonly greeting: () => Promise<Greeting>;
  readonly drift: () => Promise<DriftReading>;
  readonly assessment: () => Promise<SchemaAssessment>;
  /** This release's migrations that are not applied yet. */
  readonly pending: () => Promise<readonly MigrationDefinition[]>;
  /** The tables that are there, and what they are like. */
  readonly catalogue: () => Promise<LiveCatalogue>;
  /** What each of them does to what is there. */
  readonly impacts: () => Promise<readonly MigrationCost[]>;
  /** What squawk finds in each of them that touches a table that is there. */
  readonly lint: () => Promise<readonly LintedMigration[]>;
  /** The rows of one statement in a read-only transaction. */
  readonly read: ReadRows;
  /** A command line that runs this SQL there, as the migrator's role. */
  readonly inPsql: (sql: string) => string;
  /** The same for what only a superuser may do, by the name that Debian and the Postgres images give it. */
  readonly asSuperuser: (sql: string) => string;
  /** As superuser, in the database that every server has: for what belongs to the server, and is the same for all its databases. */
  readonly onServer: (sql: string) => string;
}

/** All that a check may look at. */
export interface PreflightContext extends PreflightEffects, Omit<PreflightSubject, 'urls'> {
  /** What a check could not look at, when it names no database. */
  readonly label: '';
  readonly databases: Readonly<Record<DatabaseName, DatabaseUnderCheck>>;
  readonly definitions: () => Promise<Definitions>;
  readonly lastBackup: () => Promise<LatestBundle>;
  /** This release's migrations that are not applied yet, over all databases. */
  readonly pending: () => Promise<readonly MigrationDefinition[]>;
  /** What was rehearsed of exactly these. */
  readonly rehearsal: () => Promise<RehearsalStanding>;
  /** What every pending migration does, over all databases. */
  readonly impacts: () => Promise<readonly MigrationCost[]>;
  /** The hash of the dangerous ones among them, and whether it was given; null without any. */
  readonly acknowledgement: () => Promise<Acknowledgement | null>;
  /** A hint as it is typed in this deployment. */
  readonly worded: (hint: string) => string;
}

/** Makes the context; nothing connects before it is first read, and `close` leaves no connection behind. */
export function openContext(
  subject: PreflightSubject,
  effects: PreflightEffects,
): { context: PreflightContext; close: () => Promise<void> } {
  const definitions = once(async () => await readMatchingDefinitions(subject));
  const pools = databaseNames.map((name) => openPool(name, subject.urls[name]));
  const foreseen = once(async () => await readForeseen(databases.config.read));
  const rehearsal = once(async () => await readStanding(databases, effects.clock));
  const databases: Record<DatabaseName, DatabaseUnderCheck> = Object.fromEntries(
    databaseNames.map((name, index) => [
      name,
      underCheck(name, subject, { pool: pools[index], definitions, foreseen, rehearsal }),
    ]),
  ) as Record<DatabaseName, DatabaseUnderCheck>;
  const impacts = async () =>
    (await Promise.all(databaseNames.map(async (name) => await databases[name].impacts()))).flat();
  const context = {
    ...subject,
    ...effects,
    label: '' as const,
    databases,
    definitions,
    lastBackup: once(effects.readLastBackup),
    pending: async () => await pendingOf(databases),
    rehearsal,
    impacts,
    acknowledgement: once(async () => acknowledge(await impacts(), await definitions(), subject.acknowledged)),
    worded: (hint: string) => wordForDeployment(hint, subject.migratorCommand),
  };
  return { context, close: async () => void (await Promise.all(pools.map(async (pool) => await pool.close()))) };
}

function acknowledge(
  impacts: readonly MigrationCost[],
  definitions: Definitions,
  acknowledged: string | undefined,
): Acknowledgement | null {
  const checksumOf = ({ database, version }: MigrationCost): string =>
    definitions[database].find((found) => found.version === version)?.checksum ?? '';
  const hash = acknowledgementOf(impacts, checksumOf);
  return hash === null ? null : { hash, given: hash === acknowledged };
}

async function readMatchingDefinitions({ manifest, migrationsDir }: PreflightSubject): Promise<Definitions> {
  const definitions = await readDefinitions(migrationsDir);
  requireMigrations(manifest, definitions);
  return definitions;
}

/** Ends a statement on the server before its check is over. */
const statementTimeoutMs = 4000;
/** That a server is there is known by then; this is how long a check waits for its turn. */
const poolWaitMs = 14_000;

function openPool(name: DatabaseName, url: Secret): Database {
  const applicationName = 'plimsoll-preflight';
  return openDatabase({ name, url, applicationName, connectTimeoutMs: poolWaitMs, statementTimeoutMs, max: 2 });
}

interface Sources {
  readonly pool: Database | undefined;
  readonly definitions: () => Promise<Definitions>;
  /** What earlier runs foresaw. */
  readonly foreseen: () => Promise<readonly ForeseenMigration[]>;
  readonly rehearsal: () => Promise<RehearsalStanding>;
}

function underCheck(name: DatabaseName, subject: PreflightSubject, sources: Sources): DatabaseUnderCheck {
  const { manifest, urls, migratorCommand } = subject;
  const { pool, definitions } = sources;
  const greeting = once(async () => await patiently(async () => await readGreeting(name, urls)));
  const assessment = once(async () => {
    const [{ ledger }, all] = await Promise.all([greeting(), definitions()]);
    const required = manifest.databases[name].schemaVersion;
    return assessSchema({ database: name, required, definitions: all[name], ledger, migratorCommand });
  });
  const pending = async (): Promise<readonly MigrationDefinition[]> => {
    const versions = new Set((await assessment()).pending.map(({ version }) => version));
    return (await definitions())[name].filter(({ version }) => versions.has(version));
  };
  const read: ReadRows = async <Row>(sql: string, values?: readonly unknown[]) => {
    await greeting();
    if (pool === undefined) throw new TypeError(`no pool for ${name}`);
    return await patiently(
      async () =>
        await pool.transaction(async (transaction) => {
          await transaction.query(`set transaction read only; set local statement_timeout = ${statementTimeoutMs}`);
          return (await transaction.query(sql, values)) as Row[];
        }),
    );
  };
  const catalogue = once(async () => await readCatalogue(read));
  const impacts = once(async () => await readImpacts({ ...sources, name, greeting, pending, catalogue }));
  return {
    name,
    label: name,
    role: targetOf({ name, url: urls[name] }).label.split('@', 1)[0] ?? '',
    greeting,
    assessment,
    drift: once(async () => {
      // Only the first to fail waits for a server that does not answer.
      await greeting();
      return await patiently(async () => await readDriftOf(name, urls));
    }),
    pending,
    read,
    catalogue,
    impacts,
    lint: once(async () => {
      const [{ ledger }, migrations, costs] = await Promise.all([greeting(), pending(), impacts()]);
      return await lintPending(migrations, costs, majorOf(ledger));
    }),
    inPsql: (sql) => psqlCommand(targetOf({ name, url: urls[name] }), sql),
    asSuperuser: (sql) => psqlCommand(targetOf({ name, url: urls[name] }), sql, { user: 'postgres' }),
    onServer: (sql) =>
      psqlCommand(targetOf({ name, url: urls[name] }), sql, { user: 'postgres', database: 'postgres' }),
  };
}

type ImpactSources = Pick<DatabaseUnderCheck, 'name' | 'greeting' | 'pending' | 'catalogue'> &
  Pick<Sources, 'foreseen' | 'rehearsal'>;

async function readImpacts(sources: ImpactSources): Promise<readonly MigrationCost[]> {
  const migrations = await sources.pending();
  if (migrations.length === 0) return [];
  const [catalogue, { ledger }, foreseen, measured] = await Promise.all([
    sources.catalogue(),
    sources.greeting(),
    // Without a past nothing is expected; what is in the way of reading it is told by the checks of that database.
    sources.foreseen().catch(() => []),
    sources.rehearsal().then(measuredIn, () => null),
  ]);
  const rehearsed = measured?.result.migrations ?? [];
  return await impactsOf(migrations, { name: sources.name, catalogue, ledger: ledger.rows, foreseen, rehearsed });
}

async function pendingOf(databases: PreflightContext['databases']): Promise<readonly MigrationDefinition[]> {
  return (await Promise.all(databaseNames.map(async (name) => await databases[name].pending()))).flat();
}

async function readStanding(databases: PreflightContext['databases'], clock: Clock): Promise<RehearsalStanding> {
  const digest = pendingDigestOf(await pendingOf(databases));
  const [found, ...majors] = await Promise.all([
    readRehearsals(databases.config.read, digest),
    ...databaseNames.map(async (name) => [name, majorOf((await databases[name].greeting()).ledger)] as const),
  ]);
  return standingOf({ ...found, now: clock.now(), serverMajors: Object.fromEntries(majors) });
}

async function readGreeting(name: DatabaseName, urls: PreflightSubject['urls']): Promise<Greeting> {
  const [surveyed] = await surveyDatabases([name], urls, async ({ client, target, processId }) => {
    const ledger = await readLedger(client, target);
    const { rows } = await client.query<{ pid: number; version: string }>(
      "select pg_catalog.pg_backend_pid() as pid, pg_catalog.current_setting('server_version') as version",
    );
    const serverVersion = (rows[0]?.version ?? '').split(' ')[0] ?? '';
    const server = target.label === targetOf({ name, url: urls[name] }).label ? undefined : hostReached(client).label;
    return { ledger, greetedPid: processId, backendPid: rows[0]?.pid ?? 0, serverVersion, server };
  });
  return valueOf(surveyed);
}

async function readDriftOf(name: DatabaseName, urls: PreflightSubject['urls']): Promise<DriftReading> {
  const [surveyed] = await surveyDatabases([name], urls, async ({ client, target }) => await readDrift(client, target));
  return valueOf(surveyed);
}

function valueOf<T>(surveyed: { readonly value?: T; readonly error?: AppError } | undefined): T {
  if (surveyed?.error !== undefined) throw surveyed.error;
  return surveyed?.value as T;
}

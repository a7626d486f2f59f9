import { randomUUID } from 'node:crypto';
import { AppError, type Secret } from '../base/index.ts';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import { rehearsalScratch, straysSql, sweepScratch, type RunSql } from '../postgres/index.ts';
import type { MigrationObserver, Patience } from './attempt.ts';
import { checkMigration } from './definitions.ts';
import { migratorError } from './errors.ts';
import type { MigratorEvent } from './events.ts';
import { readMigrationFiles } from './files.ts';
import { readLedgerAnd } from './ledger.ts';
import type { Actor } from './records.ts';
import { requireMigrations } from './required.ts';
import { failedReport, migrateDatabase, type CheckedMigrations, type DatabaseReport } from './run-database.ts';
import { openSession, type Session } from './session.ts';
import type { LedgerReading, MigrationFile, MigrationFiles } from './types.ts';

export interface MigratorOptions {
  /** Where each database is, with the role that may change schemas. */
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  readonly manifest: Manifest;
  /** The folder with config/, results/ and jobs/. */
  readonly migrationsDir: string;
  /** Who is at the keyboard; undefined: the database role is recorded. */
  readonly operator?: string | undefined;
  readonly imageSha?: string;
  /** Only these databases; default all. */
  readonly only?: readonly DatabaseName[] | undefined;
  /** Stop at this version; default the manifest's. */
  readonly to?: number | undefined;
  /** Say what would be applied and change nothing. */
  readonly dryRun?: boolean;
  readonly patience?: Partial<Patience>;
  /** How the migrator is started in this deployment, for the commands that are shown; default with compose. */
  readonly migratorCommand?: string | undefined;
  readonly onEvent?: (event: MigratorEvent) => void;
  /** Measures what is applied. */
  readonly observer?: MigrationObserver;
}

/** What one run did, over all databases. */
export interface MigratorReport {
  readonly runId: string;
  /** True if one database was migrated while another was not brought to its version. */
  readonly split: boolean;
  readonly databases: readonly DatabaseReport[];
}

/** By default ten tries of two seconds for the locks, no limit for the work, and a quarter of an hour for another migrator. */
export const defaultPatience: Patience = {
  lockTimeoutMs: 2000,
  statementTimeoutMs: 0,
  lockAttempts: 10,
  waitTimeoutMs: 900_000,
};

/**
 * Brings the databases to the versions of the manifest. They are independent: each is attempted, and what became of it is in
 * the report. Throws only for what concerns all of them, such as a wrong migration file, before anything is changed.
 */
export async function runMigrator(options: MigratorOptions): Promise<MigratorReport> {
  const names = databaseNames.filter((name) => options.only?.includes(name) ?? true);
  // The files are read while the servers answer.
  const opening = names.map((name) => open(name, options.urls[name], options.dryRun === true));
  try {
    const files = await readMigrationFiles(options.migrationsDir);
    requireMigrations(options.manifest, files, names);
    checkTarget(options, names);
    const opened = await Promise.all(opening);
    const checked = checkUnapplied(files, opened);
    const runId = randomUUID();
    const databases = await Promise.all(
      opened.map(async (one) => await runOne(options, one, { runId, files: files[one.name], checked })),
    );
    return { runId, split: isSplit(databases), databases };
  } finally {
    await Promise.all(opening.map(async (one) => await close(await one)));
  }
}

/** A database and what its ledger says at the start, or why that could not be read. */
type Opened = { readonly name: DatabaseName } & (
  | { readonly session: Session; readonly ledger: LedgerReading; readonly swept: readonly string[] }
  | { readonly error: AppError }
);

async function open(name: DatabaseName, url: Secret, dryRun: boolean): Promise<Opened> {
  try {
    const session = await openSession(name, url);
    try {
      // In the round trip that reads the ledger: a migrator with nothing to sweep pays nothing for having looked.
      const { reading, rows } = await session.ask(() =>
        readLedgerAnd(session.client, session.target, straysSql(rehearsalScratch)),
      );
      const swept = rows.length === 0 || dryRun ? [] : await sweep(session);
      return { name, session, ledger: reading, swept };
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    if (error instanceof AppError) return { name, error };
    throw error;
  }
}

/** The disk is needed: what a killed rehearsal has left goes before anything is applied. */
async function sweep({ client }: Session): Promise<readonly string[]> {
  const query: RunSql = async <Row>(text: string) => (await client.query(text)).rows as Row[];
  return await sweepScratch(query, rehearsalScratch);
}

async function close(opened: Opened): Promise<void> {
  if ('session' in opened) await opened.session[Symbol.asyncDispose]();
}

/**
 * Checks, before anything is changed anywhere, every file but those that a ledger has with the same checksum: these were
 * checked before they were applied. Throws the `migration_*` error of the first fault, in the order of databases and numbers.
 */
function checkUnapplied(files: MigrationFiles, opened: readonly Opened[]): CheckedMigrations {
  const unapplied = databaseNames.flatMap((name) => {
    const found = opened.find((one) => one.name === name);
    const rows = found !== undefined && 'ledger' in found ? found.ledger.rows : [];
    const applied = new Map(rows.map(({ version, checksum }) => [version, checksum]));
    return files[name].filter(({ version, checksum }) => applied.get(version) !== checksum);
  });
  return new Map(unapplied.map((file) => [file, checkMigration(file)]));
}

async function runOne(
  options: MigratorOptions,
  opened: Opened,
  { runId, files, checked }: { runId: string; files: readonly MigrationFile[]; checked: CheckedMigrations },
): Promise<DatabaseReport> {
  if ('error' in opened) return failedReport(opened.name, options, opened.error);
  const actor: Actor = {
    operator: options.operator,
    appVersion: options.manifest.appVersion,
    imageSha: options.imageSha ?? 'unknown',
    runId,
  };
  const context = {
    session: opened.session,
    actor,
    patience: { ...defaultPatience, ...options.patience },
    onEvent: options.onEvent ?? (() => undefined),
    migratorCommand: options.migratorCommand,
    observer: options.observer,
  };
  const { manifest, to, dryRun = false } = options;
  const { ledger, swept } = opened;
  return await migrateDatabase(context, { manifest, files, checked, ledger, swept, to, dryRun });
}

/** Refuses a `--to` that no chosen database can reach. */
function checkTarget({ manifest, to }: MigratorOptions, names: readonly DatabaseName[]): void {
  const highest = Math.max(...names.map((name) => manifest.databases[name].schemaVersion));
  if (to !== undefined && to > highest)
    throw migratorError('migrator_target_unknown', {
      message: `--to ${to} is beyond this release, which requires version ${highest} at most`,
      hint: `Leave --to out, or give a number up to ${highest}.`,
      details: { to, highest },
    });
}

function isSplit(databases: readonly DatabaseReport[]): boolean {
  const stuck = databases.some(({ outcome }) => outcome === 'failed' || outcome === 'refused');
  return stuck && databases.some(({ applied }) => applied.length > 0);
}

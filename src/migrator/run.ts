import { randomUUID } from 'node:crypto';
import type { AppError, Secret } from '../base/index.ts';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import type { Patience } from './attempt.ts';
import { numberOf, readDefinitions } from './definitions.ts';
import { migratorError } from './errors.ts';
import type { MigratorEvent } from './events.ts';
import type { Actor } from './records.ts';
import { failedReport, migrateDatabase, type DatabaseReport } from './run-database.ts';
import { openSession, type Session } from './session.ts';
import type { Definitions } from './types.ts';

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
  const opening = names.map((name) => ({ name, session: settle(openSession(name, options.urls[name])) }));
  try {
    const definitions = await readDefinitions(options.migrationsDir);
    checkTargets(options, definitions, names);
    const runId = randomUUID();
    const databases = await Promise.all(
      opening.map(
        async ({ name, session }) => await runOne(options, definitions[name], { name, runId, session: await session }),
      ),
    );
    return { runId, split: isSplit(databases), databases };
  } finally {
    await Promise.all(opening.map(async ({ session }) => await close(await session)));
  }
}

type Opened = { readonly value: Session } | { readonly error: AppError };

async function settle(opening: Promise<Session>): Promise<Opened> {
  return await opening.then(
    (value) => ({ value }),
    (error: AppError) => ({ error }),
  );
}

async function close(opened: Opened): Promise<void> {
  if ('value' in opened) await opened.value[Symbol.asyncDispose]();
}

async function runOne(
  options: MigratorOptions,
  definitions: Definitions[DatabaseName],
  { name, runId, session }: { name: DatabaseName; runId: string; session: Opened },
): Promise<DatabaseReport> {
  if ('error' in session) return failedReport(name, options, session.error);
  const actor: Actor = {
    operator: options.operator,
    appVersion: options.manifest.appVersion,
    imageSha: options.imageSha ?? 'unknown',
    runId,
  };
  const context = {
    session: session.value,
    actor,
    patience: { ...defaultPatience, ...options.patience },
    onEvent: options.onEvent ?? (() => undefined),
    migratorCommand: options.migratorCommand,
  };
  const { manifest, to, dryRun = false } = options;
  return await migrateDatabase(context, { manifest, definitions, to, dryRun });
}

/** Refuses a manifest that wants more than the files hold, and a `--to` that no chosen database can reach. */
function checkTargets(
  { manifest, to }: MigratorOptions,
  definitions: Definitions,
  names: readonly DatabaseName[],
): void {
  for (const name of names) {
    const required = manifest.databases[name].schemaVersion;
    const newest = definitions[name].length;
    if (required > newest)
      throw migratorError('migrator_definitions_missing', {
        message: `the manifest requires ${name} at version ${required}, the newest migration here is ${numberOf(newest)}`,
        hint: 'Use the manifest and the migrations of one image: unset RELEASE_MANIFEST and MIGRATIONS_DIR.',
        details: { database: name, required, newest },
      });
  }
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

import { randomUUID } from 'node:crypto';
import { AppError } from '../base/index.ts';
import { databaseNames, type DatabaseName } from '../contract/index.ts';
import { classifyPostgresError } from '../postgres/index.ts';
import { finishRow, runAlone } from './apply.ts';
import type { ApplyContext } from './attempt.ts';
import { readDefinitions } from './definitions.ts';
import { describeDrift, readEarlierDrift } from './drift.ts';
import { numberOf } from './files.ts';
import { migratorError } from './errors.ts';
import { tryLockAndReadLedger } from './ledger.ts';
import { dropInvalidIndex, expectedDefinition, findLeftover, type IndexLeftover } from './leftovers.ts';
import { finishRowSql, finishRunSql, startRunSql } from './records.ts';
import { defaultPatience, type MigratorOptions } from './run.ts';
import { openSession, type Session } from './session.ts';
import type { LedgerRow, MigrationDefinition } from './types.ts';

/** What an interrupted migration has left, and what would be done about it. */
export interface RepairFinding {
  readonly database: DatabaseName;
  readonly version: number;
  readonly name: string;
  readonly startedAt: Date;
  readonly startedBy: string;
  /** The file's text; null if this image does not have the file. */
  readonly sql: string | null;
  /** The index that was being built, if something of it is there. */
  readonly leftover: IndexLeftover | null;
  readonly action: RepairAction;
}

/** `run-again` drops an invalid index first; `finish` because the index is whole; `mark-applied` on the operator's word. */
export type RepairAction = 'run-again' | 'finish' | 'mark-applied';

export interface RepairOptions extends Omit<MigratorOptions, 'to' | 'dryRun'> {
  /** Run nothing: the operator has done by hand what the migration was to do. */
  readonly markApplied?: boolean;
  /** Asks whether to go on, after showing what was found. */
  readonly confirm: (finding: RepairFinding) => Promise<boolean>;
}

/** What became of one database. */
export interface RepairedDatabase {
  readonly name: DatabaseName;
  readonly outcome: 'nothing-to-repair' | 'repaired' | 'refused' | 'failed';
  readonly findings: readonly RepairFinding[];
  /** What else an operator should know of it, each one sentence. */
  readonly notes: readonly string[];
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
}

export interface RepairReport {
  readonly runId: string;
  readonly databases: readonly RepairedDatabase[];
}

/**
 * Settles the migrations that were interrupted outside a transaction, one database after the other, under the migrator's lock.
 * Throws only for what concerns all databases, such as a wrong migration file.
 */
export async function runRepair(options: RepairOptions): Promise<RepairReport> {
  const definitions = await readDefinitions(options.migrationsDir);
  const runId = randomUUID();
  const databases: RepairedDatabase[] = [];
  for (const name of databaseNames.filter((name) => options.only?.includes(name) ?? true))
    databases.push(await repairDatabase(options, { name, runId, definitions: definitions[name] }));
  return { runId, databases };
}

interface RepairRun {
  readonly name: DatabaseName;
  readonly runId: string;
  readonly definitions: readonly MigrationDefinition[];
}

/** What is known so far, whatever comes of it. */
interface Found {
  readonly findings: RepairFinding[];
  notes: readonly string[];
}

async function repairDatabase(options: RepairOptions, run: RepairRun): Promise<RepairedDatabase> {
  const found: Found = { findings: [], notes: [] };
  try {
    await using session = await openSession(run.name, options.urls[run.name]);
    const context: ApplyContext = {
      session,
      actor: {
        operator: options.operator,
        appVersion: options.manifest.appVersion,
        imageSha: options.imageSha ?? 'unknown',
        runId: run.runId,
      },
      patience: { ...defaultPatience, ...options.patience },
      onEvent: options.onEvent ?? (() => undefined),
      migratorCommand: options.migratorCommand,
    };
    const repaired = await settleRow(context, options, run, found).catch((error: unknown) => {
      throw classifyPostgresError(error, session.target);
    });
    return { name: run.name, outcome: repaired ? 'repaired' : 'nothing-to-repair', ...found, error: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const outcome = error.exitCode === 3 ? 'refused' : 'failed';
    return {
      name: run.name,
      outcome,
      ...found,
      error: { code: error.code, message: error.message, remedy: error.hint },
    };
  }
}

/** Settles the open row; false if there is none. More than one cannot be: nothing is migrated on a dirty database. */
async function settleRow(
  context: ApplyContext,
  options: RepairOptions,
  run: RepairRun,
  result: Found,
): Promise<boolean> {
  const { session, actor } = context;
  const { locked, reading } = await session.ask(() => tryLockAndReadLedger(session.client, session.target));
  const row = reading.rows.find(({ finishedAt }) => finishedAt === null);
  if (row === undefined) return false;
  if (!locked) throw stillRunning(run.name);
  const migration = run.definitions.find(({ version, name }) => version === row.version && name === row.name);
  const finding = await inspect(context, options, row, migration);
  result.findings.push(finding);
  if (!(await options.confirm(finding))) throw notConfirmed(run.name);
  const earlier = await readEarlierDrift(session.client, session.target);
  // What the interrupted migration itself has left is no drift.
  const drift = earlier.filter(({ object }) => object !== `index ${finding.leftover?.name}`);
  const notes = drift.length === 0 ? [] : [describeDrift(drift)];
  await session.client.query(startRunSql(actor, 'repair'));
  try {
    await settle(context, { finding, notes }, migration);
  } catch (error) {
    const note = [error instanceof AppError ? error.message : 'failed', ...notes].join('; ');
    const end = { outcome: 'failed', note, withCatalog: false } as const;
    await session.client.query(finishRunSql(actor, run.name, end)).catch(() => undefined);
    throw error;
  }
  result.notes = notes;
  return true;
}

async function inspect(
  { session }: ApplyContext,
  options: RepairOptions,
  row: LedgerRow,
  migration: MigrationDefinition | undefined,
): Promise<RepairFinding> {
  const leftover = migration === undefined ? undefined : await findLeftover(session.client, migration);
  const action = options.markApplied === true ? 'mark-applied' : leftover?.isValid === true ? 'finish' : 'run-again';
  if (action === 'finish' && leftover !== undefined && migration !== undefined)
    await checkIndex(session, migration, leftover);
  if (action === 'run-again' && migration === undefined) throw fileMissing(session.database, row);
  return {
    database: session.database,
    version: row.version,
    name: row.name,
    startedAt: row.startedAt,
    startedBy: row.appliedBy,
    sql: migration?.sql ?? null,
    leftover: leftover ?? null,
    action,
  };
}

/** A valid index of the right name proves nothing: somebody may have made another one under it. */
async function checkIndex(session: Session, migration: MigrationDefinition, found: IndexLeftover): Promise<void> {
  const expected = await expectedDefinition(session.client, migration).catch(() => undefined);
  if (expected !== found.definition) throw indexDiffers(session.database, found, expected);
}

async function settle(
  context: ApplyContext,
  { finding, notes }: { finding: RepairFinding; notes: readonly string[] },
  migration: MigrationDefinition | undefined,
): Promise<void> {
  const note = [`${finding.action} ${numberOf(finding.version)}_${finding.name}`, ...notes].join('; ');
  const finishing = finishRunSql(context.actor, finding.database, { outcome: 'done', note, withCatalog: true });
  if (migration === undefined) {
    await context.session.client.query(`begin; ${finishRowSql(finding.version)} ${finishing} commit`);
    return;
  }
  if (finding.action === 'run-again') {
    await dropInvalidIndex(context.session.client, migration);
    await runAlone(context, migration);
  }
  await finishRow(context, migration, finishing);
}

function stillRunning(database: DatabaseName): Error {
  return migratorError('repair_locked', {
    message: `a migrator holds the lock on ${database}: its migration is running, not interrupted`,
    hint: `Wait for it; \`select pid, application_name, query from pg_stat_activity where application_name = 'plimsoll-migrator'\` shows what it does.`,
    details: { database },
  });
}

function notConfirmed(database: DatabaseName): Error {
  return migratorError('repair_not_confirmed', {
    message: `the repair of ${database} was not confirmed; nothing was changed`,
    hint: `Type the name of the database, ${database}, when asked, or give --yes.`,
    details: { database },
  });
}

function indexDiffers(database: DatabaseName, found: IndexLeftover, expected: string | undefined): Error {
  const wanted = expected === undefined ? 'what the statement says, which could not be tried' : `"${expected}"`;
  return migratorError('repair_index_differs', {
    message: `${found.name} in ${database} is valid, but not known to be the index of the interrupted migration: found "${found.definition}", expected ${wanted}`,
    hint: `Drop it with \`drop index concurrently ${found.name}\` and repair again; or, if it does the work, give --mark-applied.`,
    details: { database, index: found.name, found: found.definition, expected: expected ?? null },
  });
}

function fileMissing(database: DatabaseName, row: LedgerRow): Error {
  const label = `${numberOf(row.version)}_${row.name}`;
  return migratorError('repair_file_missing', {
    message: `the interrupted migration ${label} of ${database} is not in this image, which is not the one that ran it (${row.appVersion}, image ${row.imageSha})`,
    hint: 'Run the repair from that image, or do by hand what the migration was to do and give --mark-applied.',
    details: { database, version: row.version, name: row.name },
  });
}

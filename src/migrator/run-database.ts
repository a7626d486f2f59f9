import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../base/index.ts';
import type { DatabaseName, Manifest, SchemaProblem } from '../contract/index.ts';
import { classifyPostgresError, codeOf, sqlState } from '../postgres/index.ts';
import { applyMigration } from './apply.ts';
import type { ApplyContext } from './attempt.ts';
import { checkMigration } from './definitions.ts';
import { describeDrift, readEarlierDrift } from './drift.ts';
import { migratorError } from './errors.ts';
import { ledgerSchemaSql } from './ledger-schema.ts';
import { tryLockAndReadLedger } from './ledger.ts';
import { describeHolder, readLockHolder } from './lock.ts';
import { planMigration, type Plan } from './plan.ts';
import { finishRunSql, startRunSql } from './records.ts';
import { migratorCommand } from './remedies.ts';
import { reopenIdleLedger, reopenLedger } from './reopen-ledger.ts';
import { rightsHint } from './rights.ts';
import type { LedgerReading, MigrationDefinition, MigrationFile } from './types.ts';

/** A migration that this run applied. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly durationMs: number;
}

/** What became of one database. */
export interface DatabaseReport {
  readonly name: DatabaseName;
  readonly outcome: 'up-to-date' | 'migrated' | 'planned' | 'refused' | 'failed';
  /** The version at the start and now; null if it could not be read. */
  readonly from: number | null;
  readonly current: number | null;
  readonly required: number;
  readonly applied: readonly AppliedMigration[];
  /** With `--dry-run`, what would have been applied. */
  readonly planned: readonly { readonly version: number; readonly name: string }[];
  readonly problems: readonly SchemaProblem[];
  /** What else an operator should know of it, each one sentence. */
  readonly notes: readonly string[];
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
}

/** The files that were checked at the start, with what the check found in them. */
export type CheckedMigrations = ReadonlyMap<MigrationFile, MigrationDefinition>;

export interface DatabaseRun {
  readonly manifest: Manifest;
  /** This image's migrations of this database, ascending. */
  readonly files: readonly MigrationFile[];
  readonly checked: CheckedMigrations;
  /** The ledger as it was when the run began. */
  readonly ledger: LedgerReading;
  /** Scratch databases of killed rehearsals that were dropped on its server. */
  readonly swept: readonly string[];
  readonly to: number | undefined;
  readonly dryRun: boolean;
}

/** Brings one database to its version. Never throws: what goes wrong is in the report. */
export async function migrateDatabase(context: ApplyContext, run: DatabaseRun): Promise<DatabaseReport> {
  const progress: Progress = emptyProgress();
  try {
    return await migrate(context, run, progress);
  } catch (error) {
    return failedReport(context.session.database, run, classifyPostgresError(error, context.session.target), progress);
  }
}

interface Progress {
  from: number | null;
  current: number | null;
  applied: AppliedMigration[];
  notes: string[];
}

function emptyProgress(): Progress {
  return { from: null, current: null, applied: [], notes: [] };
}

async function migrate(context: ApplyContext, run: DatabaseRun, progress: Progress): Promise<DatabaseReport> {
  const { session } = context;
  let plan = planFor(context, run, run.ledger);
  progress.from = plan.assessment.current;
  progress.current = plan.assessment.current;
  if (run.swept.length > 0) progress.notes.push(`dropped what a killed rehearsal had left: ${run.swept.join(', ')}`);
  if (run.dryRun) return settledReport(session.database, plan, progress);
  if (plan.action === 'apply') plan = await applyUnderLock(context, run, progress);
  else if (plan.action === 'nothing' && !run.ledger.readableByAll)
    progress.notes.push(...(await reopenIdleLedger(session)));
  return settledReport(session.database, plan, progress);
}

function planFor(context: ApplyContext, run: DatabaseRun, ledger: LedgerReading): Plan {
  const { session, migratorCommand } = context;
  return planMigration({ ...run, database: session.database, ledger, migratorCommand });
}

/**
 * Polls for the lock: waiting inside Postgres would hold a transaction open, for which another migrator's
 * `create index concurrently` would wait in turn. Whoever finds the work done by another is done too.
 */
async function applyUnderLock(context: ApplyContext, run: DatabaseRun, progress: Progress): Promise<Plan> {
  const { session, patience } = context;
  const giveUpAt = performance.now() + patience.waitTimeoutMs;
  for (let polls = 0; ; polls += 1) {
    const { locked, reading } = await session.ask(() => tryLockAndReadLedger(session.client, session.target));
    const plan = planFor(context, run, reading);
    progress.current = plan.assessment.current;
    if (plan.action !== 'apply') return plan;
    if (locked) {
      await applyAll(context, reading, checkedOf(run, plan.migrations), progress);
      return { ...plan, action: 'nothing' };
    }
    if (polls === 0 || performance.now() > giveUpAt) await tellHolder(context, polls);
    await delay(Math.min(500, 20 * 1.5 ** polls));
  }
}

/** Says at first who has the lock, and in the end that it was held for too long. */
async function tellHolder({ session, patience, onEvent, migratorCommand: base }: ApplyContext, polls: number) {
  const { database } = session;
  const holder = await session.ask(() => readLockHolder(session.client));
  if (polls === 0) return onEvent({ kind: 'waiting', database, holder });
  const again = migratorCommand(undefined, undefined, base);
  throw migratorError('migrator_wait_timeout', {
    message: `another session held the migrator's lock on ${database} for ${patience.waitTimeoutMs} ms: ${describeHolder(holder)}`,
    hint:
      holder === undefined
        ? `Run \`${again}\` again.`
        : `See what it does with \`select state, query from pg_stat_activity where pid = ${holder.pid}\`; if its migrator is gone, end it with \`select pg_terminate_backend(${holder.pid})\`, then run \`${again}\` again.`,
    details: { database, waitTimeoutMs: patience.waitTimeoutMs, holder: holder ?? null },
  });
}

/** A ledger that was put back since the run began, by a restore, makes files pending that were not checked then. */
function checkedOf({ checked }: DatabaseRun, files: readonly MigrationFile[]): readonly MigrationDefinition[] {
  return files.map((file) => checked.get(file) ?? checkMigration(file));
}

async function applyAll(
  context: ApplyContext,
  reading: LedgerReading,
  migrations: readonly MigrationDefinition[],
  progress: Progress,
): Promise<void> {
  const { session, actor } = context;
  const earlier = reading.rows.length === 0 ? [] : await readEarlierDrift(session.client, session.target);
  if (earlier.length > 0) progress.notes.push(describeDrift(earlier));
  if (!reading.readableByAll) progress.notes.push(await reopenLedger(session));
  await prepareLedger(context, reading);
  const end = { outcome: 'done', note: progress.notes.join('; '), withCatalog: true } as const;
  const finishing = finishRunSql(actor, session.database, end);
  try {
    for (const migration of migrations) {
      const durationMs = await applyMigration(context, migration, migration === migrations.at(-1) ? finishing : '');
      progress.applied.push({ version: migration.version, name: migration.name, durationMs });
      progress.current = migration.version;
    }
  } catch (error) {
    await recordFailure(context, progress, error);
    throw error;
  }
}

/** Makes the ledger where it is missing, and opens the record of this run, in one transaction. */
async function prepareLedger({ session, actor }: ApplyContext, reading: LedgerReading): Promise<void> {
  const bootstrap = reading.exists ? '' : ledgerSchemaSql;
  try {
    await session.client.query(bootstrap + startRunSql(actor, 'migrate'));
  } catch (error) {
    if (codeOf(error) !== sqlState.insufficientPrivilege) throw error;
    throw migratorError('migrator_role_insufficient', {
      message: `${session.database} (${session.target.label}): the role may not write the migration ledger: ${messageOf(error)}`,
      hint: rightsHint(messageOf(error), session.target),
      details: { database: session.database },
      cause: error,
    });
  }
}

/** What was applied before the failure stays: the record says so, and what the schema is now if anything was. */
async function recordFailure({ session, actor }: ApplyContext, progress: Progress, error: unknown): Promise<void> {
  const why = error instanceof AppError ? `${error.code}: ${error.message}` : 'failed';
  const note = [why, ...progress.notes].join('; ');
  const end = { outcome: 'failed', note, withCatalog: progress.applied.length > 0 } as const;
  await session.client.query(finishRunSql(actor, session.database, end)).catch(() => undefined);
}

function settledReport(name: DatabaseName, plan: Plan, progress: Progress): DatabaseReport {
  const { required, problems } = plan.assessment;
  const error = plan.action === 'refuse' ? plan.error : undefined;
  const planned = plan.action === 'apply' ? plan.migrations.map(({ version, name }) => ({ version, name })) : [];
  return {
    name,
    outcome: outcomeOf(plan, progress),
    from: progress.from,
    current: progress.current,
    required,
    applied: progress.applied,
    planned,
    problems,
    notes: progress.notes,
    error: error === undefined ? null : { code: error.code, message: error.message, remedy: error.hint },
  };
}

function outcomeOf(plan: Plan, progress: Progress): DatabaseReport['outcome'] {
  if (plan.action === 'refuse') return plan.error.exitCode === 3 ? 'refused' : 'failed';
  if (plan.action === 'apply') return 'planned';
  return progress.applied.length > 0 ? 'migrated' : 'up-to-date';
}

/** The report of a database with which the run could not go on. */
export function failedReport(
  name: DatabaseName,
  { manifest }: Pick<DatabaseRun, 'manifest'>,
  error: AppError,
  progress: Progress = emptyProgress(),
): DatabaseReport {
  return {
    name,
    outcome: 'failed',
    ...progress,
    required: manifest.databases[name].schemaVersion,
    planned: [],
    problems: [],
    error: { code: error.code, message: error.message, remedy: error.hint },
  };
}

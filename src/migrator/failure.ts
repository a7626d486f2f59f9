import { messageOf, type AppError } from '../base/index.ts';
import { classifyPostgresError, codeOf, sqlState, type DatabaseTarget } from '../postgres/index.ts';
import { describeBlockers, type Blocker } from './blockers.ts';
import { lineAt } from './checks.ts';
import { numberOf } from './files.ts';
import { migratorError, type MigratorErrorCode } from './errors.ts';
import { isLockLoss } from './lock.ts';
import { migratorCommand } from './remedies.ts';
import { rightsHint } from './rights.ts';
import { scanSql } from './sql-scanner.ts';
import type { MigrationDefinition } from './types.ts';

/** A migration's text as it was sent, and how far the server came with it. */
export interface Attempt {
  readonly migration: MigrationDefinition;
  /** What stands before the file's text in what was sent: its length, and its number of statements. */
  readonly prefixLength: number;
  readonly prefixStatements: number;
  readonly completedStatements: number;
  /** The limit for one statement under which it ran; 0 for none. */
  readonly statementTimeoutMs: number;
  /** How the migrator is started in this deployment; undefined for compose. */
  readonly migratorCommand: string | undefined;
}

type FailureCode = Extract<
  MigratorErrorCode,
  | 'migrator_role_insufficient'
  | 'migration_disk_full'
  | 'migration_cancelled'
  | 'migration_timeout'
  | 'migration_failed'
>;

/** The code of a server's error; one SQLSTATE may have several causes, which only the message tells apart. */
function kindOf(state: string, message: string): FailureCode {
  switch (state) {
    case sqlState.insufficientPrivilege:
      return isLedgerGuard(message) ? 'migration_failed' : 'migrator_role_insufficient';
    case sqlState.diskFull:
      return 'migration_disk_full';
    case sqlState.queryCanceled:
      return /due to user request/.test(message) ? 'migration_cancelled' : 'migration_timeout';
    default:
      return 'migration_failed';
  }
}

/** The ledger's own triggers refuse a change with the SQLSTATE of missing rights. */
function isLedgerGuard(message: string): boolean {
  return /^plimsoll\.\w+ is append-only/.test(message);
}

/** Names what failed in a migration: file, line, the line's text, the server's words, and what to do. */
export function describeFailure(error: unknown, attempt: Attempt, target: DatabaseTarget): AppError {
  const state = codeOf(error);
  if (state === undefined || !isFromServer(error) || /^(57P|08)/.test(state))
    return classifyPostgresError(error, target);
  const { migration } = attempt;
  if (isLockLoss(error)) return describeLockLoss(attempt);
  const place = locate(error, attempt);
  const shown = place.text === '' ? '' : ` | ${place.line}: ${place.text}`;
  const code = kindOf(state, messageOf(error));
  return migratorError(code, {
    message: `${migration.path}${place.line === 0 ? '' : `:${place.line}`}: ${messageOf(error)} (SQLSTATE ${state}); the migration was ${keptIn(migration)}${shown}`,
    hint: adviceFor(code, { ...attempt, message: messageOf(error) }, target),
    details: {
      database: migration.database,
      version: migration.version,
      path: migration.path,
      line: place.line === 0 ? null : place.line,
      sqlState: state,
      serverDetail: textOf(error, 'detail'),
      serverHint: textOf(error, 'hint'),
    },
    cause: error,
  });
}

function describeLockLoss({ migration, migratorCommand: base }: Attempt): AppError {
  const { path, database, version, transactional } = migration;
  const again = migratorCommand(transactional ? undefined : 'repair', transactional ? undefined : database, base);
  return migratorError('migration_lock_lost', {
    message: `${path}: the migration let go of the migrator's lock on ${database} and another session took it; the migration was ${keptIn(migration)}`,
    hint: `Remove what unlocks advisory locks or discards the session from the file, then run \`${again}\`.`,
    details: { database, version, path },
  });
}

function keptIn({ transactional }: MigrationDefinition): string {
  return transactional ? 'rolled back' : 'left open in the ledger';
}

interface LockFailure {
  readonly blockers: readonly Blocker[];
  readonly attempts: number;
  /** How the migrator is started in this deployment; undefined for compose. */
  readonly migratorCommand: string | undefined;
}

/** The migration gave up waiting for a table lock. */
export function describeLockTimeout(migration: MigrationDefinition, failure: LockFailure): AppError {
  const { blockers, attempts } = failure;
  const [first] = blockers;
  const again = migratorCommand(undefined, undefined, failure.migratorCommand);
  return migratorError('migration_lock_timeout', {
    message: `migration ${numberOf(migration.version)}_${migration.name} in ${migration.database} got no lock in ${attempts} attempts; held by ${describeBlockers(blockers)}`,
    hint:
      first === undefined
        ? `Run \`${again}\` again at a quieter time.`
        : `End the blocking session with \`select pg_terminate_backend(${first.pid})\`, or wait for it, then run \`${again}\` again.`,
    details: { database: migration.database, version: migration.version, attempts, blockers },
  });
}

/** A migration is to build an index whose name is not free. */
export function describeNameTaken(migration: MigrationDefinition, taken: string, base: string | undefined): AppError {
  const { path, database, version } = migration;
  const again = migratorCommand(undefined, undefined, base);
  return migratorError('migration_index_exists', {
    message: `${path}: ${taken}, the name of the index that it builds, is already there in ${database}; nothing was changed`,
    hint: `Look at it with \`select pg_get_indexdef('${taken}'::regclass)\` and drop or rename it, then run \`${again}\` again.`,
    details: { database, version, path, taken },
  });
}

/** The server's own errors have a severity; those of the network have a code of Node's, such as EPIPE. */
function isFromServer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'severity' in error;
}

function adviceFor(code: FailureCode, attempt: Attempt & { readonly message: string }, target: DatabaseTarget): string {
  const { migration, message, migratorCommand: base } = attempt;
  const again = migration.transactional
    ? migratorCommand(undefined, undefined, base)
    : migratorCommand('repair', migration.database, base);
  switch (code) {
    case 'migrator_role_insufficient':
      return `${rightsHint(message, target)} Then run \`${again}\`.`;
    case 'migration_disk_full':
      return `Free space on the database server's disk, then run \`${again}\`.`;
    case 'migration_cancelled':
      return `Find out who ended it, the server's log says when, then run \`${again}\`.`;
    case 'migration_timeout':
      return timeoutHint(attempt, again);
    case 'migration_failed':
      return migration.transactional
        ? `Correct the data or the release's file, then run \`${again}\` again.`
        : `Mend the cause, then run \`${again}\`.`;
  }
}

function timeoutHint({ statementTimeoutMs }: Attempt, again: string): string {
  if (statementTimeoutMs === 0)
    return `The file sets a statement_timeout itself, for the migrator sets none: run it when there is less to wait for, with \`${again}\`.`;
  return `Raise MIGRATOR_STATEMENT_TIMEOUT_MS, now ${statementTimeoutMs} (0 sets no limit), then run \`${again}\`.`;
}

/** The file's line at which the server stopped: by its own position, else by the count of statements it had finished. */
function locate(error: unknown, attempt: Attempt): { line: number; text: string } {
  const { sql } = attempt.migration;
  const offset = offsetByPosition(error, attempt) ?? offsetByCount(attempt);
  if (offset === undefined) return { line: 0, text: '' };
  const line = lineAt(sql, offset);
  return { line, text: (sql.split('\n')[line - 1] ?? '').trim().slice(0, 200) };
}

/** Postgres counts characters from 1, JavaScript UTF-16 units from 0. */
function offsetByPosition(error: unknown, { migration, prefixLength }: Attempt): number | undefined {
  const position = Number(textOf(error, 'position') ?? 0) - 1 - prefixLength;
  if (position < 0) return undefined;
  const before = Array.from(migration.sql).slice(0, position).join('');
  return before.length < migration.sql.length ? before.length : undefined;
}

function offsetByCount({ migration, completedStatements, prefixStatements }: Attempt): number | undefined {
  return scanSql(migration.sql).statements[completedStatements - prefixStatements]?.start;
}

function textOf(error: unknown, key: 'position' | 'detail' | 'hint'): string | null {
  const value = (error as Partial<Record<typeof key, unknown>>)[key];
  return typeof value === 'string' ? value : null;
}

import { messageOf, type AppError } from '../base/index.ts';
import { classifyPostgresError, codeOf, sqlState, type DatabaseTarget } from '../postgres/index.ts';
import { describeBlockers, type Blocker } from './blockers.ts';
import { lineAt } from './checks.ts';
import { numberOf } from './files.ts';
import { migratorError, type MigratorErrorCode } from './errors.ts';
import { migratorCommand } from './remedies.ts';
import { scanSql } from './sql-scanner.ts';
import type { MigrationDefinition } from './types.ts';

/** A migration's text as it was sent, and how far the server came with it. */
export interface Attempt {
  readonly migration: MigrationDefinition;
  /** What stands before the file's text in what was sent: its length, and its number of statements. */
  readonly prefixLength: number;
  readonly prefixStatements: number;
  readonly completedStatements: number;
  /** How the migrator is started in this deployment; undefined for compose. */
  readonly migratorCommand: string | undefined;
}

const kinds: Readonly<Record<string, MigratorErrorCode>> = {
  [sqlState.insufficientPrivilege]: 'migrator_role_insufficient',
  [sqlState.diskFull]: 'migration_disk_full',
  [sqlState.queryCanceled]: 'migration_timeout',
};

/** Names what failed in a migration: file, line, the line's text, the server's words, and what to do. */
export function describeFailure(error: unknown, attempt: Attempt, target: DatabaseTarget): AppError {
  const state = codeOf(error);
  if (state === undefined || !isFromServer(error) || /^(57P|08)/.test(state))
    return classifyPostgresError(error, target);
  const { migration } = attempt;
  const place = locate(error, attempt);
  const shown = place.text === '' ? '' : ` | ${place.line}: ${place.text}`;
  const code = kinds[state] ?? 'migration_failed';
  const kept = migration.transactional ? 'rolled back' : 'left open in the ledger';
  return migratorError(code, {
    message: `${migration.path}${place.line === 0 ? '' : `:${place.line}`}: ${messageOf(error)} (SQLSTATE ${state}); the migration was ${kept}${shown}`,
    hint: adviceFor(code, attempt, target),
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

/** The server's own errors have a severity; those of the network have a code of Node's, such as EPIPE. */
function isFromServer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'severity' in error;
}

function adviceFor(code: MigratorErrorCode, attempt: Attempt, target: DatabaseTarget): string {
  const { migration, migratorCommand: base } = attempt;
  const again = migration.transactional
    ? migratorCommand(undefined, undefined, base)
    : migratorCommand('repair', migration.database, base);
  if (code === 'migrator_role_insufficient') return grantHint(target);
  if (code === 'migration_disk_full') return `Free space on the database server's disk, then run \`${again}\`.`;
  if (code === 'migration_timeout')
    return `Raise MIGRATOR_STATEMENT_TIMEOUT_MS (0 sets no limit), then run \`${again}\`.`;
  return migration.transactional
    ? `Correct the data or the release's file, then run \`${again}\` again.`
    : `Mend the cause, then run \`${again}\`.`;
}

/** The grants that the migrator's role needs, ready to be typed into psql. */
export function grantHint(target: DatabaseTarget): string {
  const [, role = 'plimsoll_owner', database = target.name] = /^([^@]*)@.*\/([^/]*)$/.exec(target.label) ?? [];
  return `As superuser run in psql: grant create on database "${database}" to "${role}"; grant usage, create on schema public to "${role}";`;
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

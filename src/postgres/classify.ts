import { AppError, DeadlineExceeded, messageOf } from '../base/index.ts';
import { postgresError, type PostgresErrorCode } from './errors.ts';
import { WrongKindOfServer } from './session-kind.ts';
import { codeOf, sqlState } from './sqlstate.ts';

/** Where a connection goes, without anything secret. */
export interface DatabaseTarget {
  /** The product's name for it: config, results, jobs. */
  readonly name: string;
  /** `user@host:port/database`. */
  readonly label: string;
}

const byCode: Readonly<Record<string, PostgresErrorCode>> = {
  ECONNREFUSED: 'database_unreachable',
  ENOTFOUND: 'database_unreachable',
  EAI_AGAIN: 'database_unreachable',
  ENOENT: 'database_unreachable',
  EACCES: 'database_unreachable',
  EHOSTUNREACH: 'database_unreachable',
  ENETUNREACH: 'database_unreachable',
  ETIMEDOUT: 'database_timeout',
  ECONNRESET: 'database_connection_lost',
  EPIPE: 'database_connection_lost',
  [sqlState.invalidPassword]: 'database_auth_failed',
  [sqlState.invalidAuthorization]: 'database_auth_failed',
  [sqlState.invalidCatalogName]: 'database_missing',
  [sqlState.insufficientPrivilege]: 'database_permission_denied',
  [sqlState.readOnlyTransaction]: 'database_read_only',
  [sqlState.diskFull]: 'database_disk_full',
  [sqlState.tooManyConnections]: 'database_not_accepting',
  [sqlState.objectNotInPrerequisiteState]: 'database_not_accepting',
  [sqlState.queryCanceled]: 'database_timeout',
  [sqlState.adminShutdown]: 'database_connection_lost',
  [sqlState.crashShutdown]: 'database_connection_lost',
  [sqlState.cannotConnectNow]: 'database_not_accepting',
};

const advice: Readonly<Record<PostgresErrorCode, string>> = {
  database_unreachable: 'Start the database server, or correct its URL, and try again.',
  database_timeout:
    'Look at the machine and the log of the database server: it is overloaded or hangs. If it still answers `psql`, `select * from pg_stat_activity` shows what it is busy with.',
  database_auth_failed: 'Correct the role or password in its URL setting.',
  database_missing: 'Create the database, or correct its name in its URL setting.',
  database_permission_denied:
    'As superuser grant the role what the message names; `deploy/database-rights.sql` has the rights of each role.',
  database_not_accepting: 'Wait until the server accepts connections, then try again.',
  database_read_only:
    "Name the primary in its URL setting; if this is the primary, run `select setting, source from pg_settings where name = 'default_transaction_read_only'` and switch it off there.",
  database_target_missing:
    'Wait until a standby has been promoted, or promote one; if none of the hosts is what it should be, correct the list of hosts or `target_session_attrs` in its URL setting.',
  database_disk_full: "Free space on the database server's disk, then try again; nothing half-done was kept.",
  database_connection_lost: 'Try again; the server log says why the connection ended.',
  database_error: 'Look up the SQLSTATE in the PostgreSQL manual, appendix A, and in the server log.',
};

/** Turns anything `pg` throws into an AppError that names the database, what happened and what to do. Never holds a secret. */
export function classifyPostgresError(error: unknown, target: DatabaseTarget): AppError {
  if (error instanceof AppError) return error;
  const code = kindOf(error);
  return postgresError(code, {
    message: `${target.name} database (${target.label}): ${reasonOf(error)}`,
    hint: isClosedToAll(error) ? reopen(target) : (pointedAdvice(error) ?? advice[code]),
    details: { database: target.name, sqlState: codeOf(error) ?? null },
    cause: error,
  });
}

/** What went wrong, in the server's own words where they are of use. */
export function reasonOf(error: unknown): string {
  return isClosedToAll(error) ? 'set to accept no connections' : messageOf(error);
}

/** `alter database … allow_connections false`; the same SQLSTATE below FATAL comes from statements. */
function isClosedToAll(error: unknown): boolean {
  if (codeOf(error) !== sqlState.objectNotInPrerequisiteState) return false;
  return error instanceof Error && 'severity' in error && error.severity === 'FATAL';
}

function reopen({ label }: DatabaseTarget): string {
  const name = decodeURIComponent(label.slice(label.lastIndexOf('/') + 1));
  const identifier = /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
  return `Open it again, as superuser in another database: \`alter database ${identifier} allow_connections true\`.`;
}

/** What to do about a refusal that says more than its code. */
function pointedAdvice(error: unknown): string | undefined {
  if (isLedgerClosed(error)) return reopenLedger;
  return isOfPooler(error) ? bypassPooler : undefined;
}

const bypassPooler =
  'A pooler is in between: name the server itself in its URL setting, or let the pooler ignore what it does not know (`ignore_startup_parameters` of PgBouncer).';

/** No Postgres server refuses these; they are what poolers answer in its place. */
function isOfPooler(error: unknown): boolean {
  return /^(unsupported startup parameter|transaction blocks not allowed in statement pooling mode)/.test(
    messageOf(error),
  );
}

const reopenLedger = 'Run `plimsoll migrator` with the role that owns the ledger: it lets every role read it again.';

function isLedgerClosed(error: unknown): boolean {
  const names = /(schema plimsoll|table schema_migration|table migration_run)$/;
  return codeOf(error) === sqlState.insufficientPrivilege && names.test(messageOf(error));
}

function kindOf(error: unknown): PostgresErrorCode {
  if (error instanceof WrongKindOfServer) return 'database_target_missing';
  if (error instanceof DeadlineExceeded) return 'database_timeout';
  const known = byCode[codeOf(error) ?? ''];
  if (known !== undefined) return known;
  if (error instanceof AggregateError) return kindOf(error.errors[0]);
  // pg gives these no code at all.
  const message = messageOf(error);
  if (/timeout expired|timeout exceeded|query read timeout|due to connection timeout/i.test(message))
    return 'database_timeout';
  if (/connection terminated|connection ended|not queryable/i.test(message)) return 'database_connection_lost';
  return 'database_error';
}

import { migratorError } from './errors.ts';
import type { SqlScan, SqlStatement } from './sql-scanner.ts';

interface CheckedFile {
  readonly path: string;
  readonly sql: string;
  readonly scan: SqlScan;
}

/** Refuses what psql would take but the migrator could not run, or could not undo as a whole. */
export function checkStatements(file: CheckedFile): void {
  const { path, sql, scan } = file;
  const details = { path };
  if (scan.unterminated !== undefined)
    throw migratorError('migration_unterminated', {
      message: `${path}: the file ends inside ${scan.unterminated}`,
      hint: 'Close it, and check that the statements after it are what you meant.',
      details,
    });
  if (scan.metaCommandAt !== -1)
    throw migratorError('migration_psql_command', {
      message: `${path}:${lineAt(sql, scan.metaCommandAt)}: found a psql command (a backslash outside quotes)`,
      hint: 'Write it in plain SQL.',
      details,
    });
  if (scan.statements.length === 0)
    throw migratorError('migration_empty', {
      message: `${path}: the file holds no statement`,
      hint: 'Write the migration, or `select;` if the number is to be kept for nothing.',
      details,
    });
  for (const statement of scan.statements) checkStatement(file, statement);
}

function checkStatement(file: CheckedFile, statement: SqlStatement): void {
  const place = `${file.path}:${lineAt(file.sql, statement.start)}`;
  if (isTransactionControl(statement.lead))
    throw migratorError('migration_transaction_control', {
      message: `${place}: found "${statement.lead.slice(0, 2).join(' ')}", but the file runs in one transaction with its ledger row`,
      hint: 'Remove it; for a statement that cannot run in a transaction, head the file with `-- plimsoll: transaction=none`.',
      details: { path: file.path },
    });
  if (statement.lead[0] === 'copy' && statement.lead.join(' ').includes(' from stdin'))
    throw migratorError('migration_copy_from_stdin', {
      message: `${place}: found "copy … from stdin", which has no input here`,
      hint: 'Write the rows as `insert … values`.',
      details: { path: file.path },
    });
}

/** Refuses more than one statement in a file that runs outside a transaction. */
export function checkSingleStatement(file: CheckedFile): void {
  const { length } = file.scan.statements;
  if (length <= 1) return;
  throw migratorError('migration_not_single_statement', {
    message: `${file.path}: found ${length} statements in a file with transaction=none, expected one`,
    hint: 'Give each statement a migration of its own.',
    details: { path: file.path, found: length },
  });
}

function isTransactionControl(lead: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = lead;
  if (['begin', 'start', 'commit', 'end', 'abort'].includes(first)) return true;
  if (first === 'rollback') return second !== 'to' && third !== 'to';
  return first === 'prepare' && second === 'transaction';
}

/** The line, counted from 1, on which an offset lies. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { checkSingleStatement, checkStatements } from './checks.ts';
import { migratorError } from './errors.ts';
import { readMigrationFiles } from './files.ts';
import { parseHeader } from './header.ts';
import { scanSql } from './sql-scanner.ts';
import type { Definitions, MigrationDefinition, MigrationFile } from './types.ts';

/**
 * Reads and checks every migration file under `dir`, one folder a database. Throws the `migration_*` error of the
 * first fault, in the order of databases and numbers, names and numbers first.
 */
export async function readDefinitions(dir: string): Promise<Definitions> {
  const { config, results, jobs } = await readMigrationFiles(dir);
  return { config: config.map(checkMigration), results: results.map(checkMigration), jobs: jobs.map(checkMigration) };
}

/** Looks into a migration file: its encoding, its statements, its header. Throws the `migration_*` error of the first fault. */
export function checkMigration(file: MigrationFile): MigrationDefinition {
  const { database, version, name, checksum, path, text: sql } = file;
  checkEncoding(file);
  const scan = scanSql(sql);
  checkStatements({ path, sql, scan });
  const firstStatementAt = scan.statements[0]?.start ?? sql.length;
  const header = parseHeader({ path, version, sql, firstStatementAt });
  if (!header.transactional) checkSingleStatement({ path, sql, scan });
  return { database, version, name, checksum, ...header, sql, path };
}

function checkEncoding({ path, text }: MigrationFile): void {
  if (!text.startsWith('\uFEFF') && !text.includes('\0') && isFaithful(path, text)) return;
  throw migratorError('migration_not_utf8', {
    message: `${path} is not plain UTF-8 text (a byte-order mark and zero bytes are refused too)`,
    hint: 'Save the file as UTF-8 without a byte-order mark.',
    details: { path },
  });
}

/** U+FFFD stands for bytes that were not UTF-8, unless the file has that very character; only its bytes tell. */
function isFaithful(path: string, text: string): boolean {
  return !text.includes('\uFFFD') || isUtf8(readFileSync(path));
}

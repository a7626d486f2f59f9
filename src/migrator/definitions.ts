import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/index.ts';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import { checkSingleStatement, checkStatements } from './checks.ts';
import { migratorError } from './errors.ts';
import { parseHeader } from './header.ts';
import { scanSql } from './sql-scanner.ts';
import type { Definitions, MigrationDefinition } from './types.ts';

/**
 * Reads and checks every migration file under `dir`, one folder a database. Throws the `migration_*` error of the
 * first fault, in the order of databases and numbers. Synchronous inside: it runs while the connections are made.
 */
export async function readDefinitions(dir: string): Promise<Definitions> {
  refuseUnknownFolders(dir);
  return {
    config: readDatabase(dir, 'config'),
    results: readDatabase(dir, 'results'),
    jobs: readDatabase(dir, 'jobs'),
  };
}

/** Throws `migrator_definitions_missing` when the manifest wants more of a database than its files hold. */
export function requireDefinitions(
  { databases }: Pick<Manifest, 'databases'>,
  definitions: Definitions,
  names: readonly DatabaseName[] = databaseNames,
): void {
  for (const name of names) {
    const required = databases[name].schemaVersion;
    const newest = definitions[name].length;
    if (required > newest)
      throw migratorError('migrator_definitions_missing', {
        message: `the manifest requires ${name} at version ${required}, the newest migration here is ${numberOf(newest)}`,
        hint: 'Use the manifest and the migrations of one image: unset RELEASE_MANIFEST and MIGRATIONS_DIR.',
        details: { database: name, required, newest },
      });
  }
}

function refuseUnknownFolders(dir: string): void {
  const unknown = listFolder(dir).find(
    (entry) => entry.isDirectory() && !databaseNames.some((name) => name === entry.name),
  );
  if (unknown === undefined) return;
  throw migratorError('migrations_unknown_database', {
    message: `${join(dir, unknown.name)} is named after no database; expected ${databaseNames.join(', ')}`,
    hint: 'Rename or remove the folder.',
    details: { path: join(dir, unknown.name) },
  });
}

function readDatabase(dir: string, database: DatabaseName): MigrationDefinition[] {
  const folder = join(dir, database);
  const files = listFolder(folder)
    .map((entry) => entry.name)
    .filter((name) => !isAside(name))
    .sort()
    .map((name) => parseFileName(folder, name));
  files.forEach((file, index) => checkNumber(file, index + 1, files[index - 1]));
  return files.map((file) => readDefinition(database, file));
}

function listFolder(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** What may lie beside the migrations: the whole schema, a README, files hidden by their name. */
function isAside(name: string): boolean {
  return name === 'schema.sql' || name === 'README.md' || name.startsWith('.');
}

interface MigrationFile {
  readonly path: string;
  readonly version: number;
  readonly name: string;
}

function parseFileName(folder: string, fileName: string): MigrationFile {
  const path = join(folder, fileName);
  const [, digits, name] = /^(\d{4})_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/.exec(fileName) ?? [];
  if (digits !== undefined && name !== undefined) return { path, version: Number(digits), name };
  throw migratorError('migration_name_invalid', {
    message: `${path} is not named like a migration, expected NNNN_snake_case.sql as in 0005_add_index.sql`,
    hint: 'Rename the file, or move it out of the folder.',
    details: { path },
  });
}

function checkNumber(file: MigrationFile, expected: number, previous: MigrationFile | undefined): void {
  if (file.version === expected) return;
  if (previous?.version === file.version)
    throw migratorError('migration_duplicate', {
      message: `${previous.path} and ${file.path} have the same number`,
      hint: `Give the later one the next free number, ${numberOf(expected)} or above.`,
      details: { path: file.path, other: previous.path },
    });
  throw migratorError('migration_gap', {
    message: `${file.path} has number ${numberOf(file.version)}, expected ${numberOf(expected)}: there is a gap before it`,
    hint: 'Restore the missing file from the release, or renumber this one if it was never released.',
    details: { path: file.path, found: file.version, expected },
  });
}

function readDefinition(database: DatabaseName, file: MigrationFile): MigrationDefinition {
  const bytes = readBytes(file.path);
  const sql = decode(file.path, bytes);
  const scan = scanSql(sql);
  checkStatements({ path: file.path, sql, scan });
  const firstStatementAt = scan.statements[0]?.start ?? sql.length;
  const header = parseHeader({ path: file.path, version: file.version, sql, firstStatementAt });
  if (!header.transactional) checkSingleStatement({ path: file.path, sql, scan });
  const checksum = createHash('sha256').update(bytes).digest('hex');
  return { database, version: file.version, name: file.name, checksum, ...header, sql, path: file.path };
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(path: string, bytes: Buffer): string {
  const text = tryDecode(bytes);
  if (text !== undefined && !text.startsWith('\uFEFF') && !text.includes('\0')) return text;
  throw migratorError('migration_not_utf8', {
    message: `${path} is not plain UTF-8 text (a byte-order mark and zero bytes are refused too)`,
    hint: 'Save the file as UTF-8 without a byte-order mark.',
    details: { path },
  });
}

function tryDecode(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, error: unknown): Error {
  return migratorError('migrations_unreadable', {
    message: `${path} cannot be read: ${messageOf(error)}`,
    hint: 'Point MIGRATIONS_DIR at a folder with config/, results/ and jobs/, or unset it to use the one of this image.',
    details: { path },
    cause: error,
  });
}

/** A migration number as it stands in file names, `0005`. */
export function numberOf(version: number): string {
  return String(version).padStart(4, '0');
}

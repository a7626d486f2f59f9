import { hash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../base/index.ts';
import { databaseNames, type DatabaseName } from '../contract/index.ts';
import { migratorError } from './errors.ts';
import type { MigrationFile, MigrationFiles } from './types.ts';

/**
 * Reads every migration file under `dir`, one folder a database, and looks into none of them. Throws the `migration_*`
 * error of the first fault in names and numbers. Reading small files synchronously is several times quicker; between the
 * folders, connections that are being made at the same time get their turn.
 */
export async function readMigrationFiles(dir: string): Promise<MigrationFiles> {
  refuseUnknownFolders(dir);
  await nextTurn();
  const config = readFolder(dir, 'config');
  await nextTurn();
  const results = readFolder(dir, 'results');
  await nextTurn();
  return { config, results, jobs: readFolder(dir, 'jobs') };
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

function readFolder(dir: string, database: DatabaseName): MigrationFile[] {
  const folder = join(dir, database);
  const files = listFolder(folder)
    .map((entry) => entry.name)
    .filter((name) => !isAside(name))
    .sort()
    .map((name) => parseFileName(folder, name));
  files.forEach((file, index) => checkNumber(file, index + 1, files[index - 1]));
  return files.map((file) => readFile(database, file));
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

interface FileName {
  readonly path: string;
  readonly version: number;
  readonly name: string;
}

function parseFileName(folder: string, fileName: string): FileName {
  const path = join(folder, fileName);
  const [, digits, name] = /^(\d{4})_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql$/.exec(fileName) ?? [];
  if (digits !== undefined && name !== undefined) return { path, version: Number(digits), name };
  throw migratorError('migration_name_invalid', {
    message: `${path} is not named like a migration, expected NNNN_snake_case.sql as in 0005_add_index.sql`,
    hint: 'Rename the file, or move it out of the folder.',
    details: { path },
  });
}

function checkNumber(file: FileName, expected: number, previous: FileName | undefined): void {
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

function readFile(database: DatabaseName, file: FileName): MigrationFile {
  const text = readText(file.path);
  return { database, ...file, checksum: hash('sha256', text), text };
}

/** Read as text and hashed as text: for UTF-8, which `checkMigration` sees to, that is the hash of the bytes. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
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

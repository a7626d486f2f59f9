import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseNames, type DatabaseName, type Manifest } from '../../src/contract/index.ts';

/** The text of each migration of each database, in order of their numbers. */
export type MigrationFiles = Partial<Record<DatabaseName, readonly string[]>>;

/** A made-up release: migration files named `NNNN_step_N.sql` and the manifest that requires all of them. */
export interface MigrationsFolder extends Disposable {
  readonly dir: string;
  readonly manifestPath: string;
  readonly manifest: Manifest;
  /** Writes one file anew, or adds it; the manifest stays as it was. */
  write(database: DatabaseName, version: number, sql: string): void;
  /** The manifest with other required versions, for a release older or newer than the files. */
  requiring(versions: Partial<Record<DatabaseName, number>>): Manifest;
}

/** Writes a made-up release to a folder of its own, removed when disposed. */
export function createMigrationsFolder(files: MigrationFiles): MigrationsFolder {
  const dir = mkdtempSync(join(tmpdir(), 'plimsoll-migrations-'));
  const write = (database: DatabaseName, version: number, sql: string): void => {
    writeFileSync(join(dir, database, `${String(version).padStart(4, '0')}_step_${version}.sql`), sql);
  };
  for (const name of databaseNames) {
    mkdirSync(join(dir, name));
    (files[name] ?? []).forEach((sql, index) => write(name, index + 1, sql));
  }
  const requiring = (versions: Partial<Record<DatabaseName, number>>): Manifest => manifestOf(files, versions);
  const manifest = requiring({});
  const manifestPath = join(dir, '.release.json');
  writeFileSync(manifestPath, JSON.stringify(manifest));
  return {
    dir,
    manifestPath,
    manifest,
    write,
    requiring,
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function manifestOf(files: MigrationFiles, versions: Partial<Record<DatabaseName, number>>): Manifest {
  const database = (name: DatabaseName) => ({ schemaVersion: versions[name] ?? files[name]?.length ?? 0 });
  return {
    manifestVersion: 1,
    appVersion: '9.9.9',
    upgradableFrom: '>=1.0.0',
    databases: { config: database('config'), results: database('results'), jobs: database('jobs') },
    scannerProtocol: { min: 1, max: 2 },
    postgres: { min: 14, max: 18 },
  };
}

import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import { migratorError } from './errors.ts';
import { numberOf } from './files.ts';
import type { MigrationIdentity } from './types.ts';

type Migrations = Readonly<Record<DatabaseName, readonly MigrationIdentity[]>>;

/** Throws `migrator_definitions_missing` when the manifest wants more of a database than there are migrations for. */
export function requireMigrations(
  { databases }: Pick<Manifest, 'databases'>,
  migrations: Migrations,
  names: readonly DatabaseName[] = databaseNames,
): void {
  for (const name of names) {
    const required = databases[name].schemaVersion;
    const newest = migrations[name].length;
    if (required > newest)
      throw migratorError('migrator_definitions_missing', {
        message: `the manifest requires ${name} at version ${required}, the newest migration here is ${numberOf(newest)}`,
        hint: 'Use the manifest and the migrations of one image: unset RELEASE_MANIFEST and MIGRATIONS_DIR.',
        details: { database: name, required, newest },
      });
  }
}

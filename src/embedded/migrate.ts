import { runMigrator, type DatabaseReport, type MigratorOptions } from '../migrator/index.ts';
import { embeddedError } from './errors.ts';

/** Runs the migrator in this process. Throws `stack_migration_failed` naming the first database that is not at its version. */
export async function migrateDatabases(options: MigratorOptions, report: (line: string) => void): Promise<void> {
  const { databases } = await runMigrator(options);
  for (const database of databases) {
    if (database.outcome === 'migrated')
      report(`${database.name} database migrated from version ${database.from} to ${database.current}`);
  }
  const stuck = databases.find(({ outcome }) => outcome === 'failed' || outcome === 'refused');
  if (stuck !== undefined) throw migrationFailed(stuck);
}

function migrationFailed(database: DatabaseReport): Error {
  const { name, error, problems } = database;
  const why = error ?? problems[0];
  return embeddedError('stack_migration_failed', {
    message: `the ${name} database is at version ${database.current ?? 'unknown'} and needs ${database.required}: ${why?.message ?? database.outcome}`,
    hint: why?.remedy ?? 'Start again; the migrator goes on where it stopped.',
    details: { database: name, problems, error },
  });
}

import { runMigrator, type DatabaseReport, type MigratorOptions } from '../migrator/index.ts';

/** A database that could not be brought to the version of this release, in words for the operator. */
export interface StuckDatabase {
  readonly name: DatabaseReport['name'];
  /** Where it is, what this release needs and what stands in the way. */
  readonly message: string;
  /** The command that mends it. */
  readonly remedy: string;
}

/** Runs the migrator in this process. Gives the databases that are not at their version; whether that matters the gate decides. */
export async function migrateDatabases(
  options: MigratorOptions,
  report: (line: string) => void,
): Promise<readonly StuckDatabase[]> {
  const { databases } = await runMigrator(options);
  for (const database of databases) {
    if (database.outcome === 'migrated')
      report(`${database.name} database migrated from version ${database.from} to ${database.current}`);
  }
  return databases.filter(({ outcome }) => outcome === 'failed' || outcome === 'refused').map(stuckOf);
}

function stuckOf({ name, current, required, error, outcome }: DatabaseReport): StuckDatabase {
  return {
    name,
    message: `the ${name} database is at version ${current ?? 'unknown'}, this release needs ${required}: ${error?.message ?? outcome}`,
    remedy: error?.remedy ?? 'Start again; the migrator goes on where it stopped.',
  };
}

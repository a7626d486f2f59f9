import type { DatabaseName } from '../contract/index.ts';

/** How the migrator is started where nothing else is said. */
export const composeMigrator = 'docker compose --profile migrate run --rm migrator';

/** The command an operator types to run the migrator, or one of its subcommands on one database. */
export function migratorCommand(
  subcommand?: 'repair' | 'history' | 'status',
  database?: DatabaseName,
  base: string = composeMigrator,
): string {
  const words = [base, subcommand, database === undefined ? undefined : `--database ${database}`];
  return words.filter((word) => word !== undefined).join(' ');
}

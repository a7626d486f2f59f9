import type { DatabaseName } from '../contract/index.ts';

/** The command an operator types to run the migrator, or one of its subcommands on one database. */
export function migratorCommand(subcommand?: 'repair' | 'history' | 'status', database?: DatabaseName): string {
  const words = [
    'docker compose --profile migrate run --rm migrator',
    subcommand,
    database === undefined ? undefined : `--database ${database}`,
  ];
  return words.filter((word) => word !== undefined).join(' ');
}

import type { SessionKind } from '../../contract/index.ts';

/** How the sessions of the product that asks here call themselves. */
export const ownApplicationName = 'plimsoll-status';

/** How the sessions of the migrator call themselves. */
export const migratorApplicationName = 'plimsoll-migrator';

const dumps = /^(pg_dump|pg_dumpall|plimsoll backup)$/;

/**
 * What a session is by its name. Backups were the false alarm of long transactions, and names the way out
 * (postgres_exporter, pull request 673): a dump that is one is told as a dump.
 */
export function kindOf(application: string): SessionKind {
  if (dumps.test(application)) return 'dump';
  return application === migratorApplicationName ? 'migration' : 'client';
}

import type { DatabaseName, MigrationCost, RehearsedMigration } from '../../contract/index.ts';
import type { LedgerRow, MigrationDefinition } from '../../migrator/index.ts';
import type { LiveCatalogue } from './catalogue.ts';
import { impactOf } from './impact.ts';
import { paceOf, type ForeseenMigration } from './past.ts';

/** What is known of a database whose migrations are judged. */
export interface KnownDatabase {
  readonly name: DatabaseName;
  readonly catalogue: LiveCatalogue;
  readonly ledger: readonly LedgerRow[];
  /** What earlier runs of preflight foresaw of migrations that may be applied by now. */
  readonly foreseen: readonly ForeseenMigration[];
  /** What the pending migrations of all databases took when they were rehearsed; empty: they were not. */
  readonly rehearsed: readonly RehearsedMigration[];
}

/** Foresees all pending migrations of one database. */
export async function impactsOf(
  migrations: readonly MigrationDefinition[],
  { name, catalogue, ledger, foreseen, rehearsed }: KnownDatabase,
): Promise<readonly MigrationCost[]> {
  const horizon = Math.max(0, ...ledger.map(({ oldestCompatible }) => oldestCompatible));
  const pace = paceOf(name, ledger, foreseen);
  return await Promise.all(
    migrations.map(async (migration) => {
      const measured = rehearsed.find(({ database, version }) => database === name && version === migration.version);
      return await impactOf(migration, { catalogue, horizon, pace, rehearsed: measured });
    }),
  );
}

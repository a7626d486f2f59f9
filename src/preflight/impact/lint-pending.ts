import type { MigrationCost } from '../../contract/index.ts';
import type { MigrationDefinition } from '../../migrator/index.ts';
import { lintSql, type LintFinding } from './lint.ts';

/** A pending migration that was linted, and what was found. */
export interface LintedMigration {
  readonly migration: MigrationDefinition;
  readonly findings: readonly LintFinding[];
}

/** Lints each pending migration that touches a table that is there: what the others do hurts nobody. Throws as `lintSql` does. */
export async function lintPending(
  pending: readonly MigrationDefinition[],
  impacts: readonly MigrationCost[],
  postgresMajor: number,
): Promise<LintedMigration[]> {
  const touching = pending.filter(({ version }) =>
    impacts.some((impact) => impact.version === version && impact.effects.length > 0),
  );
  return await Promise.all(
    touching.map(async (migration) => {
      const { sql, transactional } = migration;
      return { migration, findings: await lintSql(sql, { transactional, postgresMajor }) };
    }),
  );
}

import type { DatabaseName, SchemaProblem } from '../contract/index.ts';
import { numberOf } from './files.ts';
import { composeMigrator, migratorCommand } from './remedies.ts';
import type { LedgerReading, LedgerRow, MigrationIdentity, SchemaAssessment } from './types.ts';

export interface SchemaFacts {
  readonly database: DatabaseName;
  /** The version that the manifest requires. */
  readonly required: number;
  /** This image's migrations of this database, ascending. */
  readonly definitions: readonly MigrationIdentity[];
  readonly ledger: LedgerReading;
  /** How the migrator is started in this deployment, for the remedies; default with compose. */
  readonly migratorCommand?: string | undefined;
}

/**
 * Compares what is applied with what is required: the one set of rules for migrator, gate and page.
 * A version counts as applied when its ledger row is finished; `current` is the highest such version.
 */
export function assessSchema(facts: SchemaFacts): SchemaAssessment {
  const finished = facts.ledger.rows.filter((row) => row.finishedAt !== null);
  const applied = new Set(finished.map((row) => row.version));
  const current = Math.max(0, ...applied);
  const pending = facts.definitions
    .filter((definition) => definition.version <= facts.required && !applied.has(definition.version))
    .map(({ version, name }) => ({ version, name }));
  const status = current > facts.required ? 'ahead' : current < facts.required || pending.length > 0 ? 'behind' : 'ok';
  return {
    status,
    current,
    required: facts.required,
    pending,
    problems: problemsOf(facts),
    migrating: facts.ledger.lockHeld,
    aheadAllowed: status === 'ahead' ? isAllowed(finished, facts.required) : null,
  };
}

/** An older image may run on a newer schema only if everything applied declares itself safe for it. */
function isAllowed(finished: readonly LedgerRow[], required: number): boolean {
  return finished.every((row) => row.oldestCompatible <= required);
}

function problemsOf(facts: SchemaFacts): SchemaProblem[] {
  const known = new Map(facts.definitions.map((definition) => [definition.version, definition]));
  const newest = facts.definitions.at(-1)?.version ?? 0;
  return facts.ledger.rows.flatMap((row) => {
    const problem = row.finishedAt === null ? dirtyProblem(facts, row) : mismatchOf(facts, row, known, newest);
    return problem === undefined ? [] : [problem];
  });
}

/** An open row means running while the lock is held, and died once it is free. */
function dirtyProblem(facts: SchemaFacts, row: LedgerRow): SchemaProblem | undefined {
  if (facts.ledger.lockHeld) return undefined;
  return {
    code: 'dirty',
    message: `migration ${label(facts, row)} was started ${row.startedAt.toISOString()} by ${row.appliedBy} and never finished; no migrator is running`,
    remedy: migratorCommand('repair', facts.database, facts.migratorCommand),
  };
}

function mismatchOf(
  facts: SchemaFacts,
  row: LedgerRow,
  known: ReadonlyMap<number, MigrationIdentity>,
  newest: number,
): SchemaProblem | undefined {
  const definition = known.get(row.version);
  if (definition === undefined)
    return row.version <= newest ? unrecognisedProblem(facts, row, 'no migration') : undefined;
  if (definition.name !== row.name)
    return unrecognisedProblem(facts, row, `${numberOf(row.version)}_${definition.name}`);
  return definition.checksum === row.checksum ? undefined : changedProblem(facts, row, definition);
}

function unrecognisedProblem(facts: SchemaFacts, row: LedgerRow, here: string): SchemaProblem {
  return {
    code: 'unrecognised',
    message: `migration ${label(facts, row)} was applied by app version ${row.appVersion} (image ${row.imageSha}); this image has ${here} under that number`,
    remedy: migratorCommand('history', facts.database, facts.migratorCommand),
  };
}

function changedProblem(facts: SchemaFacts, row: LedgerRow, definition: MigrationIdentity): SchemaProblem {
  return {
    code: 'changed',
    message: `migration ${label(facts, row)} changed after it was applied: the ledger has checksum ${short(row.checksum)}, this image's file ${short(definition.checksum)}`,
    remedy: unchangedFileRemedy(facts, definition),
  };
}

/** A published image and a checkout have the file as it was released; elsewhere the ledger says whose it was. */
function unchangedFileRemedy(facts: SchemaFacts, { version, name }: MigrationIdentity): string {
  const { database, migratorCommand: base = composeMigrator } = facts;
  if (base === composeMigrator) return 'docker compose --profile migrate pull migrator';
  if (base.endsWith('npx plimsoll migrator'))
    return `git checkout -- migrations/${database}/${numberOf(version)}_${name}.sql`;
  return migratorCommand('history', database, base);
}

function label(facts: SchemaFacts, row: LedgerRow): string {
  return `${numberOf(row.version)}_${row.name} in ${facts.database}`;
}

function short(checksum: string): string {
  return `${checksum.slice(0, 12)}…`;
}

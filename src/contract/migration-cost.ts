import { z } from 'zod';
import { databaseNames } from './databases.ts';

const instant = z.iso.datetime();
const databaseName = z.enum(databaseNames);

/** The table locks of Postgres, from the weakest to the strongest. Source: PostgreSQL manual, "Explicit Locking". */
export const lockModes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;
export type LockMode = (typeof lockModes)[number];

/**
 * What a statement does to a table while it holds its lock. `catalogue`: its description alone, whatever its size ·
 * `scan`: every row is read · `build`: every row is read and an index written · `rewrite`: every row is written anew ·
 * `rows`: some rows are written, nobody knows how many.
 */
export const tableWorks = ['catalogue', 'scan', 'build', 'rewrite', 'rows'] as const;
export type TableWork = (typeof tableWorks)[number];

const migrationEffectSchema = z.object({
  table: z.string().describe('As `schema.table`.'),
  lock: z.enum(lockModes),
  work: z.enum(tableWorks),
  does: z.string().describe('In a few words: `adds column email`.'),
  losesData: z.boolean().describe('Rows or columns are gone afterwards.'),
  rows: z.number().describe('Of the table, when it was looked at.'),
  bytes: z.number().describe('The table without its indexes.'),
  writesPerSecond: z.number(),
  workBytes: z.number().describe('What its work goes through; 0 when that is the catalogue alone.'),
});
export type MigrationEffect = z.infer<typeof migrationEffectSchema>;

/** A table lock that a rehearsed migration took. */
const heldLockSchema = z.object({
  table: z.string(),
  mode: z.string().describe('As in pg_locks: `AccessExclusiveLock`.'),
  heldSeconds: z.number().describe('From when it was last seen free until it was let go.'),
});
export type HeldLock = z.infer<typeof heldLockSchema>;

/** What one migration took when it was rehearsed on the data of a bundle. */
export const rehearsedMigrationSchema = z.object({
  database: databaseName,
  version: z.int(),
  name: z.string(),
  seconds: z.number(),
  locks: z.array(heldLockSchema).describe('On tables that were there before, the strongest of each.'),
  rowsWritten: z.int().describe('Rows inserted, updated and deleted; those of a rewritten table are not counted.'),
  walBytes: z.number().describe('Write-ahead log; before Postgres 18 that of the whole server meanwhile.'),
  tempBytes: z.number().describe('Temporary files, of sorts that did not fit in memory.'),
  diskBytes: z.number().describe('By how much the database has grown.'),
  peakDiskBytes: z.number().describe('By how much it had grown at most while the migration ran.'),
});
export type RehearsedMigration = z.infer<typeof rehearsedMigrationSchema>;

/** A rehearsal in brief, as far as a preflight run relied on it. */
export const rehearsalSummarySchema = z.object({
  id: z.string(),
  ranAt: instant,
  ranBy: z.string(),
  status: z.enum(['passed', 'failed']),
  bundle: z.object({ id: z.string(), createdAt: instant }),
  migrations: z.int(),
  seconds: z.number().nullable().describe('How long all of them took together; null when one failed.'),
  message: z.string().describe('One sentence: `rehearsed on your own data of 02:10: 3 migrations, 41 s`.'),
});
export type RehearsalSummary = z.infer<typeof rehearsalSummarySchema>;

/** Where expected seconds come from: measured in a rehearsal, worked out from what this deployment's own past took, or nowhere. */
export const secondsSources = ['rehearsal', 'past', 'unknown'] as const;
export type SecondsSource = (typeof secondsSources)[number];

/** What one pending migration does to what is there, and what that is expected to cost. */
export const migrationCostSchema = z.object({
  database: databaseName,
  version: z.int(),
  name: z.string(),
  oldestCompatible: z
    .int()
    .nullable()
    .default(null)
    .describe('The oldest schema version whose software still runs after it; null in a run that did not record it.'),
  effects: z.array(migrationEffectSchema).describe('One for each table that is there already, over all statements.'),
  seconds: z.number().nullable().describe('How long it is expected to take; null when nothing measured says so.'),
  secondsFrom: z.enum(secondsSources),
  roomBytes: z.number(),
  dangers: z.array(z.string()).describe('Why somebody has to read it before it is applied; empty for most.'),
  unforeseen: z.array(z.string()).describe('What no parser can tell, each with its line.'),
  findings: z
    .array(z.object({ rule: z.string(), line: z.int(), message: z.string() }))
    .nullable()
    .default(null)
    .describe('What squawk finds; null: not linted, for it touches nothing that is there, or the linter is missing.'),
  movesHorizon: z.boolean().describe('Whether it raises the oldest schema version whose software still runs.'),
  summary: z.string().describe('One sentence of all that.'),
  rehearsed: rehearsedMigrationSchema.nullable().describe('What it took when it was rehearsed; null when it was not.'),
});
export type MigrationCost = z.infer<typeof migrationCostSchema>;

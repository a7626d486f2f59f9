import type { DatabaseName, MigrationRecord } from '../../contract/index.ts';
import type { LedgerRow } from '../../migrator/index.ts';

/** How many migrations of one database the page shows. */
const HISTORY_LENGTH = 20;

/** The most recent finished migrations of one ledger, newest first; interrupted ones are a problem, not history. */
export function historyOf(database: DatabaseName, rows: readonly LedgerRow[]): MigrationRecord[] {
  const finished = rows.flatMap((row) => (row.finishedAt === null ? [] : [toRecord(database, row, row.finishedAt)]));
  return finished.sort(newestFirst).slice(0, HISTORY_LENGTH);
}

/** Orders records of any databases: by time, then by version. */
export function newestFirst(left: MigrationRecord, right: MigrationRecord): number {
  return right.appliedAt.localeCompare(left.appliedAt) || right.version - left.version;
}

function toRecord(database: DatabaseName, row: LedgerRow, finishedAt: Date): MigrationRecord {
  return {
    database,
    version: row.version,
    name: row.name,
    appliedAt: finishedAt.toISOString(),
    appliedBy: row.appliedBy,
    appliedBySource: row.appliedBySource,
    durationMs: Math.max(0, Math.round(finishedAt.getTime() - row.startedAt.getTime())),
    appVersion: row.appVersion,
    imageSha: row.imageSha,
    runId: row.runId,
  };
}

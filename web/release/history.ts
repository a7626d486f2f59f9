import type { DatabaseName, MigrationRecord } from '../../src/contract/index.ts';

/** What the reader has asked to see of the history. */
export interface HistoryFilter {
  readonly db?: string;
  readonly text?: string;
  readonly by?: string;
}

/** One run of the migrator, as its rows in the ledgers tell. */
export interface MigrationRun {
  readonly runId: string;
  /** When its last migration was applied. */
  readonly finishedAt: string;
  readonly appliedBy: string;
  readonly appliedBySource: MigrationRecord['appliedBySource'];
  readonly appVersion: string;
  readonly imageSha: string;
  /** How many migrations it applied to each database it touched, in the order of first sight. */
  readonly touched: ReadonlyMap<DatabaseName, number>;
  /** In how many runs this build's migrations came; more than one means that they were split. */
  readonly runsOfBuild: number;
  /** Newest first; with a filter, only those that match. */
  readonly migrations: readonly MigrationRecord[];
}

/** Groups the migrations by run, newest run first, and keeps what passes the filter. A run's own facts stay those of all its rows. */
export function groupByRun(migrations: readonly MigrationRecord[], filter: HistoryFilter = {}): MigrationRun[] {
  const runs = [...Map.groupBy(migrations, (row) => row.runId).values()];
  const runsOfBuild = Map.groupBy(runs, buildOf);
  return runs
    .map((rows) => describeRun(rows, runsOfBuild.get(buildOf(rows))?.length ?? 1, filter))
    .filter((run) => run !== null)
    .sort((a, b) => Date.parse(b.finishedAt) - Date.parse(a.finishedAt));
}

/** Everybody who applied something, for the filter; alphabetical. */
export function peopleOf(migrations: readonly MigrationRecord[]): string[] {
  return [...new Set(migrations.map((row) => row.appliedBy))].sort((a, b) => a.localeCompare(b));
}

/** True if the reader has asked to see less than everything. */
export function hasFilter(filter: HistoryFilter): boolean {
  return Boolean(filter.db ?? filter.text ?? filter.by);
}

/** Null when the filter leaves nothing of the run. */
function describeRun(
  rows: readonly MigrationRecord[],
  runsOfBuild: number,
  filter: HistoryFilter,
): MigrationRun | null {
  const newestFirst = [...rows].sort(byAppliedAt);
  const last = newestFirst[0];
  const migrations = newestFirst.filter((row) => matches(row, filter));
  if (last === undefined || migrations.length === 0) return null;
  const { runId, appliedBy, appliedBySource, appVersion, imageSha, appliedAt: finishedAt } = last;
  const touched = countByDatabase(rows);
  return { runId, finishedAt, appliedBy, appliedBySource, appVersion, imageSha, touched, runsOfBuild, migrations };
}

function byAppliedAt(a: MigrationRecord, b: MigrationRecord): number {
  return Date.parse(b.appliedAt) - Date.parse(a.appliedAt) || b.version - a.version;
}

function countByDatabase(rows: readonly MigrationRecord[]): ReadonlyMap<DatabaseName, number> {
  const counts = new Map<DatabaseName, number>();
  for (const { database } of rows) counts.set(database, (counts.get(database) ?? 0) + 1);
  return counts;
}

/** The build that a run came from, as one comparable text. */
function buildOf(rows: readonly MigrationRecord[]): string {
  return `${rows[0]?.appVersion} ${rows[0]?.imageSha}`;
}

function matches(row: MigrationRecord, { db, text, by }: HistoryFilter): boolean {
  if (db !== undefined && row.database !== db) return false;
  if (by !== undefined && row.appliedBy !== by) return false;
  if (text === undefined) return true;
  const haystack = `${row.name} ${fileName(row)} ${row.appVersion} ${row.imageSha} ${row.runId}`.toLowerCase();
  return haystack.includes(text.trim().toLowerCase());
}

/** The migration as its file is called: `0007_create_tokens`. */
export function fileName(row: { readonly version: number; readonly name: string }): string {
  return `${String(row.version).padStart(4, '0')}_${row.name}`;
}

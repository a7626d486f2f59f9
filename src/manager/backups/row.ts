import { bundleSummarySchema, type BundleEntry, type BundleRow } from '../../contract/index.ts';

/** A bundle as the list shows it: without its tables and its ledger, which would make the list of a year weigh megabytes. */
export function rowOf(entry: BundleEntry): BundleRow {
  const { copies, pin } = entry;
  const { completedAt, takenBy, reason, skewMs, crossChecks, databases } = entry.manifest;
  const tables = databases.flatMap((database) => database.tables);
  return {
    ...bundleSummarySchema.parse(entry),
    completedAt,
    takenBy,
    reason,
    rows: sum(tables.map(({ rows }) => rows)),
    skewMs,
    references: {
      checked: sum(crossChecks.map(({ checked }) => checked)),
      missing: sum(crossChecks.map(({ missing }) => missing)),
    },
    copies,
    pin,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

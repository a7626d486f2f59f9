import { databaseNames, type DatabaseName, type LatestBundle, type SchemaProblem } from '../contract/index.ts';
import type { QueuedCount } from '../fleet/index.ts';
import type { RecordedRuns } from '../preflight/index.ts';
import { notReadYet, type Outcome } from './outcome.ts';
import type { ScannerCounts } from './readers/config-records.ts';
import type { SchemaReading } from './readers/schema.ts';

/** Drift is measured less often than the rest: a reading counts only for the ledger that it was measured with. */
export interface MeasuredDrift {
  readonly ledgerKey: string;
  /** Null: the live schema is the recorded one. */
  readonly outcome: Outcome<SchemaProblem | null>;
}

type PerDatabase<T> = Readonly<Record<DatabaseName, T>>;

/** What the readers last came back with. */
export interface Readings {
  readonly schemas: PerDatabase<Outcome<SchemaReading>>;
  readonly drift: PerDatabase<MeasuredDrift | null>;
  readonly backup: Outcome<LatestBundle>;
  readonly scanners: Outcome<ScannerCounts>;
  readonly preflight: Outcome<RecordedRuns>;
  /** How many jobs wait in the queue. */
  readonly queuedJobs: Outcome<QueuedCount>;
}

/** The readings of a process that has read nothing yet. */
export const nothingRead: Readings = {
  schemas: { config: notReadYet, results: notReadYet, jobs: notReadYet },
  drift: { config: null, results: null, jobs: null },
  backup: notReadYet,
  scanners: notReadYet,
  preflight: notReadYet,
  queuedJobs: notReadYet,
};

/** A comparison that failed while its database went away is forgotten, hence due as soon as that can be read again. */
export function forgetFailedDrift({ schemas, drift }: Pick<Readings, 'schemas' | 'drift'>): Readings['drift'] {
  const entry = (name: DatabaseName) => {
    const measured = drift[name];
    const isVoid = 'error' in schemas[name] && measured !== null && 'error' in measured.outcome;
    return [name, isVoid ? null : measured] as const;
  };
  return Object.fromEntries(databaseNames.map(entry)) as Readings['drift'];
}

/** Makes something for each database, all at once. */
export async function forEachDatabase<T>(make: (name: DatabaseName) => Promise<T>): Promise<Record<DatabaseName, T>> {
  const entries = await Promise.all(databaseNames.map(async (name) => [name, await make(name)] as const));
  return Object.fromEntries(entries) as Record<DatabaseName, T>;
}

/** Whether a live schema can be held against a recorded one: something was applied, and nobody is changing it now. */
export function isComparable({ assessment }: SchemaReading): boolean {
  return assessment.current > 0 && !assessment.migrating;
}

import { z } from 'zod';
import {
  databaseNames,
  databasePostureSchema,
  lastBackupSchema,
  scannersSchema,
  type DatabaseName,
} from '../contract/index.ts';
import type { Outcome } from './outcome.ts';
import type { Readings } from './readings.ts';

const schemaShape = databasePostureSchema.shape.lastKnown;
const backupShape = lastBackupSchema.shape.lastKnown;
const scannersShape = scannersSchema.shape.lastKnown;

/** What was last read of each part, and when; null if it never was. */
export const lastKnownSchema = z.strictObject({
  format: z.literal('plimsoll last known 1'),
  databases: z.strictObject({ config: schemaShape, results: schemaShape, jobs: schemaShape }),
  backup: backupShape,
  scanners: scannersShape,
});
export type LastKnown = z.infer<typeof lastKnownSchema>;

/** Nothing is known. */
export const nothingKnown: LastKnown = {
  format: 'plimsoll last known 1',
  databases: { config: null, results: null, jobs: null },
  backup: null,
  scanners: null,
};

/** What is known after these readings: the parts that were read anew, the rest as it was before. */
export function remember(before: LastKnown, { schemas, backup, scanners }: Readings): LastKnown {
  const entry = (name: DatabaseName) => {
    const known = mapValue(schemas[name], ({ assessment: { status, current } }) => ({ status, current }));
    return [name, known ?? before.databases[name]] as const;
  };
  return {
    format: before.format,
    databases: Object.fromEntries(databaseNames.map(entry)) as LastKnown['databases'],
    backup: mapValue(backup, ({ bundle }) => ({ bundle })) ?? before.backup,
    scanners: mapValue(scanners, (counts) => ({ counts })) ?? before.scanners,
  };
}

/** What two sources know together; where both know something, the newer has it. */
export function mergeKnown(newer: LastKnown, older: LastKnown): LastKnown {
  const entry = (name: DatabaseName) => [name, newer.databases[name] ?? older.databases[name]] as const;
  return {
    format: newer.format,
    databases: Object.fromEntries(databaseNames.map(entry)) as LastKnown['databases'],
    backup: newer.backup ?? older.backup,
    scanners: newer.scanners ?? older.scanners,
  };
}

function mapValue<T, R extends object>(
  outcome: Outcome<T>,
  give: (value: T) => R,
): (R & { readAt: string }) | undefined {
  return 'value' in outcome ? { ...give(outcome.value), readAt: outcome.readAt.toISOString() } : undefined;
}

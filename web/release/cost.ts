import type { LockMode, SecondsSource, TableWork } from '../../src/contract/index.ts';
import { span } from '../parts/time.ts';

/** What is done to a table, in words of somebody who does not write migrations. */
export const workWords = {
  catalogue: 'Catalogue only',
  scan: 'Reads every row',
  build: 'Builds an index',
  rewrite: 'Rewrites every row',
  rows: 'Writes rows',
} as const satisfies Record<TableWork, string>;

/** Where expected seconds come from. */
export const sourceWords = {
  rehearsal: 'as rehearsed',
  past: 'by earlier migrations here',
  unknown: 'not measured',
} as const satisfies Record<SecondsSource, string>;

/** Who has to wait while a lock is held. */
export function lockWords(lock: LockMode): string {
  if (lock === 'AccessExclusiveLock') return 'Stops reads and writes';
  const stopsWrites = lock === 'ShareLock' || lock === 'ShareRowExclusiveLock' || lock === 'ExclusiveLock';
  return stopsWrites ? 'Stops writes' : 'Stops nobody';
}

/** `under 1 s`, `about 41 s`, `about 3 min`. */
export function secondsWords(seconds: number): string {
  return seconds < 1 ? 'under 1 s' : `about ${span(Math.round(seconds))}`;
}

/** A table as people call it: without the schema that everything is in. */
export function tableName(table: string): string {
  return table.replace(/^public\./, '');
}

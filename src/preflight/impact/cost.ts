import { countText, sizeText, spanText } from '../../base/index.ts';
import type { MigrationEffect } from '../../contract/index.ts';
import { blocksReads, blocksWrites, type Effect } from './effect.ts';
import type { LiveTable } from './catalogue.ts';

/** What the work of an effect goes through. */
export function workBytesOf({ work }: Effect, table: LiveTable): number {
  if (work === 'catalogue') return 0;
  return work === 'rewrite' ? table.bytes + table.indexBytes : table.bytes;
}

/** Bytes a second that any server does. */
const lowestPace = { scan: 200e6, build: 40e6, rewrite: 40e6, rows: 40e6 } as const;

/** The longest that work is likely to take, where nothing measured tells: to decide whether a person has to read it, never to be told. */
export function longestSecondsOf(effect: Effect, table: LiveTable): number {
  return effect.work === 'catalogue' ? 0 : workBytesOf(effect, table) / lowestPace[effect.work];
}

/** More room in a folder: that of a tablespace, or an empty name for the server's own. */
export interface Room {
  readonly folder: string;
  readonly bytes: number;
}

/** How much more room an effect needs while it runs: in the folder of its table, and for the write-ahead log in the server's own. */
export function roomOf(
  { work, workBytes: bytes }: Pick<MigrationEffect, 'work' | 'workBytes'>,
  folder: string,
): readonly Room[] {
  if (work === 'rewrite')
    return [
      { folder, bytes },
      { folder: '', bytes },
    ];
  return work === 'build' || work === 'rows' ? [{ folder, bytes }] : [];
}

/** Below this nobody notices. */
const noticedSeconds = 2;
/** A table this large, or one that is written this often, is noticed when it is held. */
const largeBytes = 100e6;
const busyWritesPerSecond = 1;

/** What is lost for good by an effect, as a danger; null when nothing is, or nothing was there. */
export function lossOf({ table: name, losesData, does }: Effect, { filled, rows }: LiveTable): string | null {
  if (!losesData || !filled) return null;
  return `${nameText(name)}: ${does}, and what was there is gone (about ${countText(Math.round(rows), 'row')})`;
}

/** How long the locks of a migration are held. */
export interface HeldFor {
  /** By what was measured; null when nothing like it was. */
  readonly expected: number | null;
  /** By size. */
  readonly longest: number;
}

/** Why the lock of an effect needs somebody who has read it; null when it does not. */
export function blockOf(effect: Effect, table: LiveTable, { expected, longest }: HeldFor): string | null {
  const isNoticed = table.bytes >= largeBytes || table.writesPerSecond >= busyWritesPerSecond;
  if (!blocksWrites(effect.lock) || !isNoticed || (expected ?? longest) < noticedSeconds) return null;
  const kept = blocksReads(effect.lock) ? 'neither read nor written' : 'read but not written';
  return `${nameText(effect.table)} (${describeTable(table)}) can be ${kept} ${spanOf(expected)}: ${effect.does}`;
}

function spanOf(expected: number | null): string {
  return expected === null ? 'for a time that only a rehearsal tells' : `for about ${spanText(expected)}`;
}

/** A table as people call it: without the schema that everything is in. */
export function nameText(table: string): string {
  return table.replace(/^public\./, '');
}

/** A table in numbers: `1.2 GB, 3,400,000 rows, 12 writes/s`. */
export function describeTable({ bytes, rows, writesPerSecond }: LiveTable): string {
  const writes = writesPerSecond >= 0.1 ? [`${writesPerSecond.toFixed(1)} writes/s`] : [];
  return [sizeText(bytes), countText(Math.round(rows), 'row'), ...writes].join(', ');
}

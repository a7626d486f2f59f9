import { blocksReads, blocksWrites, type Effect } from './effect.ts';
import type { LiveTable } from './catalogue.ts';
import { countText, sizeText, spanText } from '../wording.ts';

/** Bytes a second, by what is done with them; low, so that an estimate is rather too long than too short. */
const pace = { scan: 200e6, build: 40e6, rewrite: 40e6, rows: 40e6 } as const;

/** How long the work of an effect is likely to take, by the size of its table. */
export function secondsOf({ work }: Effect, table: LiveTable): number {
  if (work === 'catalogue') return 0;
  const bytes = work === 'rewrite' ? table.bytes + table.indexBytes : table.bytes;
  return bytes / pace[work];
}

/** More room in a folder: that of a tablespace, or an empty name for the server's own. */
export interface Room {
  readonly folder: string;
  readonly bytes: number;
}

/** How much more room an effect needs while it runs: beside the table, and for the write-ahead log, which lies with the server. */
export function roomOf({ work }: Effect, table: LiveTable): readonly Room[] {
  const whole = table.bytes + table.indexBytes;
  if (work === 'rewrite')
    return [
      { folder: table.tablespace, bytes: whole },
      { folder: '', bytes: whole },
    ];
  return work === 'build' || work === 'rows' ? [{ folder: table.tablespace, bytes: table.bytes }] : [];
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

/** Why the lock of an effect needs somebody who has read it; null when it does not. `heldSeconds`: how long it is held. */
export function blockOf(effect: Effect, table: LiveTable, heldSeconds: number): string | null {
  const isNoticed = table.bytes >= largeBytes || table.writesPerSecond >= busyWritesPerSecond;
  if (!blocksWrites(effect.lock) || !isNoticed || heldSeconds < noticedSeconds) return null;
  const kept = blocksReads(effect.lock) ? 'neither read nor written' : 'read but not written';
  return `${nameText(effect.table)} (${describeTable(table)}) can be ${kept} for about ${spanText(heldSeconds)}: ${effect.does}`;
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

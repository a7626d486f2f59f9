import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeFolders, type Clock, type Log } from '../base/index.ts';
import { openRecords, type KnownLines } from './records.ts';
import { recogniseTarget, type DirectoryTarget } from './targets/index.ts';
import type { BackupTarget, BundleRecords } from './types.ts';

/** A target that was recognised, and what is kept beside the bundles there. */
export interface KeptTarget {
  readonly target: BackupTarget;
  readonly records: BundleRecords;
}

/** A place where bundles are kept, which is remembered once it was used: an empty one is then not taken for it. */
export interface Place<T extends BackupTarget = BackupTarget> {
  /** As it was set, unrecognised: for its name, its location and its retention. */
  readonly target: T;
  /** Throws `target_unrecognised` for a known place that has lost its mark, and `target_foreign`. */
  forReading(): Promise<KeptTarget>;
  /** As `forReading`; a place that was never used is made, marked and remembered. */
  forWriting(deploymentId: string): Promise<KeptTarget>;
}

/** The place in BACKUP_DIR, where bundles are written and first brought in. */
export type HomePlace = Place<DirectoryTarget>;

export interface PlaceMemoryOptions {
  /** File that lies elsewhere than the bundles do. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

const memorySchema = z.object({
  places: z.array(z.object({ name: z.string(), location: z.string(), deploymentId: z.string() })),
});
type Memory = z.infer<typeof memorySchema>['places'];

/** Makes places that share one memory. */
export function openPlaces({ path, clock, log }: PlaceMemoryOptions): <T extends BackupTarget>(target: T) => Place<T> {
  return (target) => {
    const lines: KnownLines = new Map();
    const keep = (kept: BackupTarget): KeptTarget => ({ target: kept, records: openRecords(kept, log, lines) });
    const known = async (): Promise<string | undefined> =>
      (await readMemory(path)).find(({ name, location }) => name === target.name && location === target.location)
        ?.deploymentId;
    return {
      target,
      forReading: async () => {
        const deploymentId = await known();
        if (deploymentId === undefined) return keep(target);
        return keep(await recogniseTarget(target, { deploymentId, known: true, clock }));
      },
      forWriting: async (deploymentId) => {
        const before = await known();
        const recognised = await recogniseTarget(target, { deploymentId, known: before === deploymentId, clock });
        if (before !== deploymentId)
          await remember(path, { name: target.name, location: target.location, deploymentId }).catch(
            (error: unknown) => {
              log.warn({ path, err: error }, 'it could not be written down where bundles are kept');
            },
          );
        return keep(recognised);
      },
    };
  };
}

/** Empty when there is none, or none that can be read: then places are taken as they are found. */
async function readMemory(path: string): Promise<Memory> {
  try {
    return memorySchema.parse(JSON.parse(await readFile(path, 'utf8'))).places;
  } catch {
    return [];
  }
}

async function remember(path: string, place: Memory[number]): Promise<void> {
  const others = (await readMemory(path)).filter(({ name }) => name !== place.name);
  const beside = `${path}.tmp`;
  await makeFolders(dirname(path), 0o700);
  await writeFile(beside, `${JSON.stringify({ places: [...others, place] }, null, 2)}\n`, { mode: 0o600 });
  await rename(beside, path);
}

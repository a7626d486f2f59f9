import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders, messageOf, type Clock, type Log } from '../../base/index.ts';
import { waitingChangeSchema, watchSchema, type Watch } from './watch.ts';

/** A file that its manager has not written for this long was left by one that is gone. */
const abandonedMs = 90_000;
const folderName = 'posture-waiting';
const format = 'plimsoll waiting changes 1';

const keptSchema = z.strictObject({
  format: z.literal(format),
  watch: watchSchema,
  /** Up to when this manager has watched. */
  watchedUntil: z.iso.datetime(),
  waiting: z.array(waitingChangeSchema),
});
export type KeptChanges = Omit<z.infer<typeof keptSchema>, 'format'>;

/**
 * Where changes outlive the process while the config database cannot take them: `posture-waiting/` in the data folder, one
 * file a watch. Managers that share the folder leave each other's alone, and take over those of the dead.
 */
export interface WaitingFiles {
  /** Replaces this watch's file. */
  keep(kept: KeptChanges): Promise<void>;
  remove(watchId: string): Promise<void>;
  /** What managers that are gone have left; files that cannot be read are left where they are. */
  readAbandoned(): Promise<KeptChanges[]>;
}

/** The files in a data folder; a folder that cannot be written is told once and otherwise tolerated. */
export function openWaitingFiles(dataDir: string, clock: Clock, log: Log): WaitingFiles {
  const folder = join(dataDir, folderName);
  const own = new Set<string>();
  const complained = new Set<string>();
  const complain = (path: string, error: unknown): void => {
    if (complained.has(path)) return;
    complained.add(path);
    log.warn({ path, reason: messageOf(error) }, 'cannot keep or read changes of the posture that wait for config');
  };
  const read = async (name: string): Promise<KeptChanges | undefined> => {
    const path = join(folder, name);
    try {
      const kept = keptSchema.parse(JSON.parse(await readFile(path, 'utf8')));
      const silentMs = clock.now().getTime() - Date.parse(kept.watchedUntil);
      return silentMs < abandonedMs ? undefined : kept;
    } catch (error) {
      complain(path, error);
      return undefined;
    }
  };
  return {
    keep: async (kept) => {
      const path = join(folder, `${kept.watch.id}.json`);
      const temporary = `${path}.${randomUUID()}`;
      try {
        await makeFolders(folder, 0o700);
        own.add(kept.watch.id);
        await writeFile(temporary, JSON.stringify({ format, ...kept }), { mode: 0o600 });
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        complain(folder, error);
      }
    },
    remove: async (watchId) => {
      await rm(join(folder, `${watchId}.json`), { force: true }).catch((error: unknown) => complain(folder, error));
    },
    readAbandoned: async () => {
      const names = await readdir(folder).catch(() => []);
      const others = names.filter((name) => name.endsWith('.json') && !own.has(name.slice(0, -'.json'.length)));
      const kept = await Promise.all(others.map(read));
      return kept.filter((each) => each !== undefined);
    },
  };
}

/** This watch, in the form of the file. */
export function keptOf(watch: Watch, watchedUntil: Date, waiting: KeptChanges['waiting']): KeptChanges {
  return { watch, watchedUntil: watchedUntil.toISOString(), waiting };
}

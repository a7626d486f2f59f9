import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolders, messageOf, writeDurably, type Clock, type Log } from '../base/index.ts';
import { channelNames, messageSchema, saidSchema, type Said } from './types.ts';

const folderName = 'notifications';
const format = 'plimsoll notifications 1';
/** A file whose manager has not written it for this long was left by one that is gone. */
const abandonedMs = 180_000;
/** What such a file remembers of the past is of no use any more. */
const forgottenMs = 86_400_000;

const waitingSchema = z.object({
  message: messageSchema,
  ways: z.array(
    z.object({
      channel: z.enum(channelNames),
      attempts: z.int(),
      nextTryAt: z.iso.datetime(),
      deliveredAt: z.iso.datetime().nullable(),
      givenUp: z.boolean(),
    }),
  ),
});
/** A message that this manager says on its own, and how far it is on each way. */
export type Waiting = z.infer<typeof waitingSchema>;

const keptSchema = z.strictObject({
  format: z.literal(format),
  writtenAt: z.iso.datetime(),
  said: z.array(saidSchema),
  waiting: z.array(waitingSchema),
});
export type Kept = z.infer<typeof keptSchema>;

/** Where what was said, and what is to be said, outlives the process while the config database is away: one file a manager. */
export interface WaitingFile {
  keep(content: Pick<Kept, 'said' | 'waiting'>): Promise<void>;
  /** What any manager on this folder last knew to have been said. */
  recall(): Promise<Said[]>;
  /** What managers that are gone have left, and how to be rid of it. */
  readAbandoned(): Promise<{ readonly kept: Kept; readonly remove: () => Promise<void> }[]>;
}

/** The file in a data folder; a folder that cannot be used is complained of once and otherwise tolerated. */
export function openWaitingFile(options: { dataDir: string; id: string; clock: Clock; log: Log }): WaitingFile {
  const { id, clock, log } = options;
  const folder = join(options.dataDir, folderName);
  let complained = false;
  const complain = (error: unknown): void => {
    if (!complained) log.warn({ folder, reason: messageOf(error) }, 'cannot keep or read notifications on the disk');
    complained = true;
  };
  const readAll = async (): Promise<{ path: string; kept: Kept }[]> => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => /^[0-9a-f-]{36}\.json$/.test(name));
    const found = await Promise.all(names.map(async (name) => await read(join(folder, name)).catch(complain)));
    return found.flatMap((one) => one ?? []);
  };
  const ageMs = (kept: Kept): number => clock.now().getTime() - Date.parse(kept.writtenAt);
  return {
    keep: async (content) => {
      try {
        await makeFolders(folder, 0o700);
        const kept: Kept = { format, writtenAt: clock.now().toISOString(), ...content };
        await writeDurably(join(folder, `${id}.json`), JSON.stringify(kept));
      } catch (error) {
        complain(error);
      }
    },
    recall: async () => (await readAll()).flatMap(({ kept }) => kept.said),
    readAbandoned: async () => {
      const others = (await readAll()).filter(({ path }) => path !== join(folder, `${id}.json`));
      const gone = others.filter(({ kept }) => ageMs(kept) > (kept.waiting.length > 0 ? abandonedMs : forgottenMs));
      return gone.map(({ path, kept }) => ({ kept, remove: async () => await rm(path, { force: true }) }));
    },
  };
}

async function read(path: string): Promise<{ path: string; kept: Kept }> {
  return { path, kept: keptSchema.parse(JSON.parse(await readFile(path, 'utf8'))) };
}

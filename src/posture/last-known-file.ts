import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders, messageOf, systemCodeOf, type Log } from '../base/index.ts';
import { lastKnownSchema, nothingKnown, type LastKnown } from './last-known.ts';

/** Unchanged values are written again after this long, so that their times are right to the minute after a crash. */
const REWRITE_AFTER_MS = 60_000;

/** Where last-known values outlive the process and the config database. */
export interface LastKnownFile {
  /** Nothing known if there is no file, or if it is damaged or not ours. */
  load(): Promise<LastKnown>;
  /** Takes in what is known; begins to write if a value has changed or the times in the file have become old. */
  save(known: LastKnown): void;
  /** Writes what the file does not have yet. */
  flush(): Promise<void>;
}

/**
 * The file `last-known.json` in the data folder. A folder that cannot be written is tolerated, with one line in the log;
 * `save` never waits, so that a disk that hangs cannot hold up the readings.
 */
export function openLastKnownFile(dataDir: string, log: Log): LastKnownFile {
  const path = join(dataDir, 'last-known.json');
  let latest = nothingKnown;
  let inFile = nothingKnown;
  let writing: Promise<void> | undefined;
  let complained = false;
  let loading: Promise<LastKnown> | undefined;

  const write = async (known: LastKnown): Promise<void> => {
    try {
      await replaceFile(dataDir, path, `${JSON.stringify(known, null, 2)}\n`);
      inFile = known;
      complained = false;
    } catch (error) {
      if (!complained) log.warn({ path, reason: messageOf(error) }, 'cannot keep the last known readings');
      complained = true;
    } finally {
      writing = undefined;
    }
  };
  const hasChanged = (): boolean => contentOf(latest) !== contentOf(inFile);
  const isDue = (): boolean => hasChanged() || newestTime(latest) - newestTime(inFile) >= REWRITE_AFTER_MS;
  return {
    load: async () => {
      loading = readKnown(path, log);
      inFile = await loading;
      // What was saved meanwhile is newer than what the disk was so slow to give.
      if (latest === nothingKnown) latest = inFile;
      loading = undefined;
      return inFile;
    },
    save: (known) => {
      latest = known;
      // Not while the file is being read: it may hold what only the earlier process knew.
      if (loading === undefined && isDue()) writing ??= write(latest);
    },
    flush: async () => {
      await loading;
      await writing;
      // Values that came late from the disk change the content, but not the newest time.
      if (hasChanged() || newestTime(latest) > newestTime(inFile)) await write(latest);
    },
  };
}

/** For a process that only looks, such as a command beside a running manager: reads the file, never writes it. */
export function readOnly(file: LastKnownFile): LastKnownFile {
  return { load: async () => await file.load(), save: () => undefined, flush: async () => undefined };
}

async function readKnown(path: string, log: Log): Promise<LastKnown> {
  try {
    return lastKnownSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return nothingKnown;
    log.warn({ path, reason: messageOf(error) }, 'ignoring the file of last known readings');
    return nothingKnown;
  }
}

/** Readers see the old file or the new one, never half of one. */
async function replaceFile(folder: string, path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await makeFolders(folder, 0o700);
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

function contentOf(known: LastKnown): string {
  return JSON.stringify(known, (key, value: unknown) => (key === 'readAt' ? undefined : value));
}

function newestTime({ databases, backup, scanners }: LastKnown): number {
  const parts = [...Object.values(databases), backup, scanners];
  return Math.max(0, ...parts.map((part) => (part === null ? 0 : Date.parse(part.readAt))));
}

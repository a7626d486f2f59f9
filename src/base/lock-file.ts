import { constants, readFileSync, rmSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, startedAt } from './running-process.ts';
import { systemCodeOf } from './system-error.ts';

/** Who holds a lock. `startedAt` tells the holder from a later process that was given the same id. */
interface Holder {
  readonly pid: number;
  readonly startedAt: string | null;
}

/** A lock that this process holds as long as it lives. */
export interface LockFile {
  /** True when the lock was taken over from a process that had died without releasing it. */
  readonly takenOver: boolean;
  release(): void;
}

/** Takes a lock for this process, by a file that names it; gives the id of the process that holds it while that is alive. */
export async function takeLockFile(path: string): Promise<LockFile | { readonly heldBy: number }> {
  const self = `${JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid) })}\n`;
  let takenOver = false;
  while (!(await create(path, self))) {
    const found = await readSettled(path);
    const holder = found === undefined ? undefined : parseHolder(found);
    if (holder !== undefined && isHolding(holder)) return { heldBy: holder.pid };
    if (found !== undefined) takenOver = (await removeStale(path, found)) || takenOver;
  }
  return { takenOver, release: () => releaseIfOurs(path, self) };
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** An empty lock is being written at this moment, or its writer died in between; a moment later it is clear which. */
async function readSettled(path: string): Promise<string | undefined> {
  const found = await readIfThere(path);
  if (found !== '') return found;
  await delay(200);
  return await readIfThere(path);
}

/** Without following a link: whoever owns the folder must not lead root to a file elsewhere. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Moves a stale lock aside; one that turns out to be somebody's new one is put back. */
async function removeStale(path: string, stale: string): Promise<boolean> {
  const aside = `${path}.stale-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw error;
  }
  if ((await readIfThere(aside)) !== stale) {
    await rename(aside, path);
    return false;
  }
  await rm(aside, { force: true });
  return true;
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, startedAt } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' ? { pid, startedAt: startedAt ?? null } : undefined;
  } catch {
    return undefined;
  }
}

function isHolding(holder: Holder): boolean {
  return isRunning(holder.pid) && startedAt(holder.pid) === holder.startedAt;
}

/** Synchronous: it is also called on the way out of a forced stop. */
function releaseIfOurs(path: string, self: string): void {
  try {
    if (readFileSync(path, 'utf8') === self) rmSync(path, { force: true });
  } catch {
    // Gone already, with the folder: nothing is left to release.
  }
}

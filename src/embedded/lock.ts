import { readFileSync, rmSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../postgres/index.ts';
import { embeddedError } from './errors.ts';
import { readIfThere } from './files.ts';
import { isRunning, startedAt } from './processes.ts';

/** Who holds a data folder. `startedAt` tells the holder from a later process that was given the same id. */
interface Holder {
  readonly pid: number;
  readonly startedAt: string | null;
}

export interface DataFolderLock {
  /** True when the lock was taken over from a supervisor that had died without releasing it. */
  readonly takenOver: boolean;
  release(): void;
}

/** Takes the data folder for this process. Throws `data_dir_in_use` while another stack runs on it. */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  const path = join(dataDir, 'lock');
  const self = `${JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid) })}\n`;
  let takenOver = false;
  while (!(await create(path, self))) {
    const found = await readSettled(path);
    const holder = found === undefined ? undefined : parseHolder(found);
    if (holder !== undefined && isHolding(holder)) throw inUse(dataDir, holder.pid);
    if (found !== undefined) takenOver = (await removeStale(path, found)) || takenOver;
  }
  return { takenOver, release: () => releaseIfOurs(path, self) };
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
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

/** Moves a stale lock aside; one that turns out to be somebody's new one is put back. */
async function removeStale(path: string, stale: string): Promise<boolean> {
  const aside = `${path}.stale-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
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

function inUse(dataDir: string, pid: number): Error {
  return embeddedError('data_dir_in_use', {
    message: `a stack is running on ${dataDir} already (process ${pid})`,
    hint: `Stop it with Ctrl-C or \`kill ${pid}\`, or start a second one beside it: \`DATA_DIR=./data2 PORT=8081 npm start\`.`,
    details: { dataDir, pid },
  });
}

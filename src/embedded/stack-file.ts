import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFile } from '../contract/index.ts';
import { writeDurably } from '../base/index.ts';
import { readIfThere } from './files.ts';
import { isRunning } from './processes.ts';

const nameOfFile = 'stack.json';

/** Tells other terminals about the running stack; replaced as a whole, never seen half-written. */
export async function writeStackFile(dataDir: string, stack: StackFile): Promise<void> {
  await writeDurably(join(dataDir, nameOfFile), `${JSON.stringify(stack, null, 2)}\n`);
}

/** Synchronous: it is also called on the way out of a forced stop. */
export function removeStackFile(dataDir: string): void {
  rmSync(join(dataDir, nameOfFile), { force: true });
}

/** What the last stack wrote, whether it still runs or not; undefined if there is none that can be read. */
export async function readStackFile(dataDir: string): Promise<StackFile | undefined> {
  const text = await readIfThere(join(dataDir, nameOfFile)).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as StackFile;
  } catch {
    return undefined;
  }
}

/** The running stack of a data folder. The file of one that was killed stays behind and is not believed. */
export async function readRunningStack(dataDir: string): Promise<StackFile | undefined> {
  const stack = await readStackFile(dataDir);
  const pids = Object.values(stack?.pids ?? {}).filter((pid) => pid !== null);
  return pids.some(isRunning) ? stack : undefined;
}

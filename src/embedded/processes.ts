import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, statField } from '../base/index.ts';
import { codeOf } from '../postgres/index.ts';

export { isRunning } from '../base/index.ts';

/** The folder a process works in; undefined if it is gone, is somebody else's, or the system cannot tell. */
export async function workingFolderOf(pid: number): Promise<string | undefined> {
  return await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

/** Settles when the child is gone: with its exit code, null if it died of a signal or could not be started. */
export async function exitOf(child: ChildProcess): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', (code) => resolve(code)).once('error', () => resolve(null));
  return await promise;
}

/** Sends a signal; a process that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** Waits until the process is gone; false if it is still there after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() > end) return false;
    await delay(10);
  }
  return true;
}

/** The id of a process's parent; undefined if it is gone or the system cannot tell. */
export function parentOf(pid: number): number | undefined {
  const parent = statField(pid, 4);
  return parent === null ? undefined : Number(parent);
}

/** Words of a process's command line; none if it is gone or the system cannot tell. */
export function commandLineOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

import { commandLineOf, isRunning, signal, waitUntilGone } from './processes.ts';
import { readStackFile, removeStackFile } from './stack-file.ts';
import type { Leftover } from './postgres/index.ts';

/** How long a manager that lost its supervisor may take to notice and drain. */
const orphanMs = 8000;

/**
 * Clears what a killed stack left: its manager is on its way out (it noticed that its supervisor is gone) and is waited
 * for, because it still holds the port. The caller has the data folder's lock.
 */
export async function settlePrevious(dataDir: string): Promise<void> {
  const manager = (await readStackFile(dataDir))?.pids.manager ?? null;
  removeStackFile(dataDir);
  if (manager === null || !isManager(manager)) return;
  if (await waitUntilGone(manager, orphanMs)) return;
  signal(manager, 'SIGKILL');
  await waitUntilGone(manager, 5000);
}

/** The id may have gone to some other program since; where the system cannot tell, it is left alone. */
function isManager(pid: number): boolean {
  return isRunning(pid) && commandLineOf(pid).includes('manager');
}

/** What was found of the stack that had the data folder before. */
export interface PreviousStack {
  /** It died without releasing the folder. */
  readonly lockTakenOver: boolean;
  /** It came as far as laying out the cluster. */
  readonly hadCluster: boolean;
  readonly leftover: Leftover;
}

/** One line about a stack that was killed; undefined when the last one stopped as it should. */
export function describePrevious({ lockTakenOver, hadCluster, leftover }: PreviousStack): string | undefined {
  if (!hadCluster) return lockTakenOver ? 'the first start was interrupted; this one begins it anew' : undefined;
  const done: Readonly<Record<Leftover, string>> = {
    nothing: 'its databases were not running; nothing had to be mended',
    crashed: 'its databases were killed and have recovered; nothing committed is lost',
    orphan_stopped: 'its databases were still running; they were stopped cleanly and started again',
  };
  if (!lockTakenOver && leftover === 'nothing') return undefined;
  return `the previous stack did not stop cleanly: ${done[leftover]}`;
}

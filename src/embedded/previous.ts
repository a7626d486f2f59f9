import { commandLineOf, isRunning, signal, waitUntilGone } from './processes.ts';
import { readStackFile, removeStackFile } from './stack-file.ts';
import type { Leftover } from './postgres/index.ts';

/** How long a part that lost its supervisor may take to notice and drain. */
const orphanMs = 8000;

/** The programs of the product among the parts; Postgres is settled by its launcher. */
const programs = ['manager', 'backup', 'scanner'] as const;

/**
 * Clears what a killed stack left: its programs are on their way out (they noticed that their supervisor is gone) and are
 * waited for, because they still hold the port, the folder of the bundles and the state folder. The caller has the
 * data folder's lock.
 */
export async function settlePrevious(dataDir: string): Promise<void> {
  const pids = (await readStackFile(dataDir))?.pids;
  removeStackFile(dataDir);
  await Promise.all(programs.map(async (name) => await settle(name, pids?.[name] ?? null)));
}

async function settle(name: string, pid: number | null): Promise<void> {
  if (pid === null || !isProgram(pid, name) || (await waitUntilGone(pid, orphanMs))) return;
  if (!isProgram(pid, name)) return;
  signal(pid, 'SIGKILL');
  await waitUntilGone(pid, 5000);
}

/** The id may have gone to some other program since; where the system cannot tell, it is left alone. */
function isProgram(pid: number, name: string): boolean {
  return isRunning(pid) && commandLineOf(pid).includes(name);
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

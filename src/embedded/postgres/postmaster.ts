import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { socketPort, type ClusterHome } from './home.ts';
import { isRunning, signal, waitUntilGone, workingFolderOf } from '../processes.ts';

/** What Postgres writes into `postmaster.pid` while it runs. */
export interface PostmasterFile {
  readonly pid: number;
  /** `starting`, `stopping`, `ready` or `standby`; undefined while the file is still being written. */
  readonly status: string | undefined;
}

/** Reads the cluster's `postmaster.pid`; undefined if there is none. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, status: lines[7]?.trim() };
}

/** What an earlier run left in the cluster, and what was done about it. */
export type Leftover = 'nothing' | 'crashed' | 'orphan_stopped';

/**
 * Makes the cluster free to be started: an orphaned server of ours is stopped cleanly, and the lock files of one that
 * was killed are removed. Postgres would take their process id for a running server if it now belongs to some other
 * program, or if nobody has reaped the dead one, as in a container whose first process is not an init.
 * The caller holds the lock of the data folder, so no living supervisor uses the cluster.
 */
export async function settleLeftover({ cluster, socketDir }: ClusterHome): Promise<Leftover> {
  const file = await readPostmasterFile(cluster);
  if (file === undefined) return 'nothing';
  if (await isServerOf(cluster, file.pid)) {
    await stopServer(cluster, file.pid);
    return 'orphan_stopped';
  }
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  await rm(join(socketDir, `.s.PGSQL.${socketPort}.lock`), { force: true });
  return 'crashed';
}

/** A postmaster always works in its data folder; where the system cannot tell, a running process counts as ours. */
async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  if (!isRunning(pid)) return false;
  if (process.platform !== 'linux') return true;
  return (await workingFolderOf(pid)) === (await realpath(cluster));
}

/**
 * Stops the cluster's server: fast (SIGINT), then immediate (SIGQUIT: recovery at the next start), then by force.
 * Looks before each signal whether the process is still the server: its id may have gone to somebody else's.
 */
export async function stopServer(cluster: string, pid: number): Promise<void> {
  const steps = [
    { name: 'SIGINT', waitMs: 20_000 },
    { name: 'SIGQUIT', waitMs: 5_000 },
    { name: 'SIGKILL', waitMs: 5_000 },
  ] as const;
  for (const { name, waitMs } of steps) {
    if (!(await isServerOf(cluster, pid))) return;
    signal(pid, name);
    if (await waitUntilGone(pid, waitMs)) return;
  }
}

import type { Database } from '../../postgres/index.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import { readRecorded, endLeases } from '../results/store.ts';
import type { JobQueue } from './queue.ts';
import { settleDone, settleFailed } from './settle.ts';
import { expireLeases, pruneLeases, readExpired, returnOrphans, type ExpiredLease } from './store.ts';

export interface SweepDeps {
  readonly jobs: Database;
  readonly results: Database;
  readonly queue: JobQueue;
  readonly epoch: () => number;
}

const mostAtOnce = 500;
const lost = { code: 'lease_expired', message: 'the scanner neither renewed its lease nor sent a result in time' };

/**
 * Takes back what nobody works on any more; gives how many jobs that were. Every manager may sweep at any time: each step
 * decides by the row it locks. A lease whose result is written already, by a manager that died before it could say so, ends
 * as done; so a job is never tried again, or given up, when it has a result.
 */
export async function sweepLeases(deps: SweepDeps): Promise<number> {
  const expired = await readExpired(deps.jobs, deps.epoch(), mostAtOnce);
  const recorded = await readRecorded(
    deps.results,
    expired.map(({ jobId }) => jobId),
  );
  const finished = expired.filter(({ jobId }) => recorded.has(jobId));
  const dead = expired.filter(({ jobId }) => !recorded.has(jobId));
  await finishRecorded(deps, finished, recorded);
  const taken = await takeBack(deps, dead);
  const orphans = await returnOrphans(deps.jobs, mostAtOnce);
  await pruneLeases(deps.jobs, mostAtOnce);
  return finished.length + taken + orphans;
}

async function finishRecorded(
  { jobs, queue }: SweepDeps,
  leases: readonly ExpiredLease[],
  recorded: ReadonlyMap<string, string>,
): Promise<void> {
  if (leases.length === 0) return;
  await retryDeadlocks(async () => {
    await jobs.transaction(async (transaction) => {
      const ended = await endLeases(
        transaction,
        leases.map(({ leaseId, jobId }) => ({
          leaseId,
          outcome: recorded.get(jobId) === leaseId ? 'done' : ('cancelled' as const),
        })),
      );
      await settleDone(
        transaction,
        queue,
        leases.filter(({ leaseId }) => ended.has(leaseId)),
      );
    });
  });
}

async function takeBack({ jobs, queue, epoch }: SweepDeps, leases: readonly ExpiredLease[]): Promise<number> {
  if (leases.length === 0) return 0;
  return await retryDeadlocks(
    async () =>
      await jobs.transaction(async (transaction) => {
        const ids = leases.map(({ leaseId }) => leaseId);
        const expired = await expireLeases(transaction, ids, epoch());
        await settleFailed(transaction, queue, expired, lost);
        return expired.length;
      }),
  );
}

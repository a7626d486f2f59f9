import { messageOf, type Clock, type Log } from '../../base/index.ts';
import type { Database } from '../../postgres/index.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import { takeJobs, type BufferedJob } from './buffer.ts';
import type { JobQueue } from './queue.ts';
import { readRefusals, returnJobs } from './store.ts';

/** Jobs this manager has fetched ahead of the scanners that will ask for them. */
export interface Stock {
  readonly size: number;
  /** Fetches so that there are at least as many as are asked for, if the queue has them. */
  refill(demand: number): Promise<void>;
  take(scannerId: string, count: number): BufferedJob[];
  /** Puts back, at the front, what could not be leased. */
  restock(jobs: readonly BufferedJob[]): void;
  /** Gives back to the queue what has been here for longer than this. */
  giveBack(olderThanMs: number): Promise<void>;
}

export interface StockOptions {
  readonly jobs: Database;
  readonly queue: Pick<JobQueue, 'fetch'>;
  readonly clock: Clock;
  readonly log: Log;
}

const mostAhead = 200;

/** Opens an empty stock. It fetches twice as many each time all were used, half as many each time some had to go back. */
export function createStock({ jobs, queue, clock, log }: StockOptions): Stock {
  let buffer: BufferedJob[] = [];
  let ahead = 1;

  async function withRefusals(fetched: Awaited<ReturnType<JobQueue['fetch']>>): Promise<BufferedJob[]> {
    const retried = fetched.filter(({ attempt }) => attempt > 1).map(({ id }) => id);
    const refusals = retried.length === 0 ? [] : await readRefusals(jobs, retried);
    const fetchedAtMs = clock.now().getTime();
    return fetched.map((job) => {
      const refusedBy = refusals.filter(({ jobId }) => jobId === job.id).map(({ scannerId }) => scannerId);
      return { ...job, fetchedAtMs, refusedBy: new Set(refusedBy) };
    });
  }

  return {
    get size() {
      return buffer.length;
    },
    refill: async (demand) => {
      if (buffer.length >= demand) return;
      const wanted = Math.min(mostAhead, Math.max(demand, ahead)) - buffer.length;
      const fetched = await retryDeadlocks(async () => await queue.fetch(wanted));
      if (fetched.length === wanted) ahead = Math.min(mostAhead, wanted * 2);
      buffer.push(...(await withRefusals(fetched)));
    },
    take: (scannerId, count) => takeJobs(buffer, scannerId, count),
    restock: (returned) => {
      buffer.unshift(...returned);
    },
    giveBack: async (olderThanMs) => {
      const youngest = clock.now().getTime() - olderThanMs;
      const stale = buffer.filter(({ fetchedAtMs }) => fetchedAtMs <= youngest).map(({ id }) => id);
      if (stale.length === 0) return;
      ahead = Math.max(1, Math.floor(ahead / 2));
      buffer = buffer.filter(({ fetchedAtMs }) => fetchedAtMs > youngest);
      await returnJobs(jobs, stale).catch((error: unknown) => {
        // The sweep finds them as orphans a minute later.
        log.warn({ jobs: stale.length, reason: messageOf(error) }, 'jobs fetched ahead could not be given back');
      });
    },
  };
}

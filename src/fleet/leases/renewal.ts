import type { Database } from '../../postgres/index.ts';
import { createBatcher } from '../batcher.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import { renewLeases, type LeaseTerms } from './store.ts';

/** Renews the leases of the jobs a scanner says it holds; gives those that are not its own any more. */
export type Renew = (scannerId: string, jobIds: readonly string[]) => Promise<string[]>;

const scannersAtOnce = 50;

/** Makes the renewal: heartbeats of one moment share one statement. */
export function createRenewal(jobs: Database, terms: () => LeaseTerms): Renew {
  interface Holder {
    readonly scannerId: string;
    readonly jobIds: readonly string[];
  }
  const renew = createBatcher(async (holders: readonly Holder[]) => {
    const held = holders.flatMap(({ scannerId, jobIds }) => jobIds.map((jobId) => ({ scannerId, jobId })));
    const alive = await retryDeadlocks(async () => await renewLeases(jobs, held, terms()));
    return holders.map(({ scannerId, jobIds }) => jobIds.filter((jobId) => !alive.has(`${scannerId} ${jobId}`)));
  }, scannersAtOnce);
  return async (scannerId, jobIds) => (jobIds.length === 0 ? [] : await renew({ scannerId, jobIds }));
}

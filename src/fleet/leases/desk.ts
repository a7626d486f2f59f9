import { messageOf } from '../../base/index.ts';
import type { Job } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import type { BufferedJob } from './buffer.ts';
import { planLeases, toJob } from './grant.ts';
import type { Leased } from './leased.ts';
import { createLine, type Asker, type Line } from './line.ts';
import { createStock, type Stock, type StockOptions } from './stock.ts';
import { insertLeases, returnLeases, type LeaseTerms } from './store.ts';

/** Hands out jobs. A long poll waits in memory: it holds no connection and asks no query of its own. */
export interface LeaseDesk {
  /** Up to `max` jobs, or none when the wait is over. */
  lease(asker: Asker): Promise<Job[]>;
  /** Jobs were added: whoever waits is served at once. */
  readonly wake: () => void;
  /** Lets everybody who waits go and gives back what was fetched ahead. */
  stop(): Promise<void>;
}

export interface LeaseDeskOptions extends StockOptions {
  readonly onLeased: (leased: Leased) => void;
  readonly terms: () => LeaseTerms;
  /** How often an empty queue is looked at while somebody waits. */
  readonly pollMs: number;
}

/** How long a job is kept in memory without a scanner for it. Far below the minute after which it is an orphan. */
const keepMs = 2000;

/** Opens the desk. One loop serves everybody, and runs only while somebody waits. */
export function createLeaseDesk({ jobs, queue, clock, log, terms, pollMs, onLeased }: LeaseDeskOptions): LeaseDesk {
  const line = createLine();
  const stock = createStock({ jobs, queue, clock, log });
  const state = { stopping: false, wakeUp: (): void => undefined };
  let serving: Promise<void> | undefined;

  async function serve(): Promise<void> {
    while (!state.stopping && line.length > 0) {
      const places = line.places();
      const served = await serveOnce().catch((error: unknown) => {
        log.warn({ reason: messageOf(error) }, 'jobs could not be leased; trying again');
        return 0;
      });
      line.endRound(places);
      if (served === 0 && line.length > 0) await pause(pollMs);
    }
    if (state.stopping || stock.size === 0) return;
    await pause(keepMs);
    if (line.length === 0) await stock.giveBack(keepMs);
  }

  async function serveOnce(): Promise<number> {
    await stock.giveBack(keepMs);
    const begun = performance.now();
    await stock.refill(line.demand());
    const given = await handOut({ jobs, line, stock, terms: terms() });
    const nowMs = clock.now().getTime();
    const waitedSeconds = given.map(
      ({ waitedMs, fetchedAtMs }) => (waitedMs + Math.max(0, nowMs - fetchedAtMs)) / 1000,
    );
    if (given.length > 0) onLeased({ seconds: (performance.now() - begun) / 1000, waitedSeconds });
    return given.length;
  }

  async function pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    state.wakeUp = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }

  function serveSoon(): void {
    if (stock.size > 0) state.wakeUp();
    serving ??= serve().finally(() => {
      serving = undefined;
      if (line.length > 0 && !state.stopping) serveSoon();
    });
  }

  return {
    lease: async (asker) => {
      if (state.stopping) return [];
      const answer = line.join(asker);
      serveSoon();
      const leased = await answer;
      if (!asker.signal.aborted || leased.length === 0) return leased;
      await returnLeases(
        jobs,
        leased.map(({ lease }) => lease.leaseId),
      );
      return [];
    },
    wake: () => {
      state.wakeUp();
    },
    stop: async () => {
      state.stopping = true;
      state.wakeUp();
      await serving;
      line.dismiss();
      await stock.giveBack(0);
    },
  };
}

interface Hand {
  readonly jobs: Database;
  readonly line: Line;
  readonly stock: Stock;
  readonly terms: LeaseTerms;
}

/** Serves everybody for whom there is a job, with one statement; gives the jobs that were leased. */
async function handOut({ jobs, line, stock, terms }: Hand): Promise<BufferedJob[]> {
  const plans = line.places().flatMap((place) => {
    const taken = stock.take(place.scannerId, place.max);
    if (taken.length === 0) return [];
    line.takeOut(place);
    return [{ place, grants: planLeases(place, taken) }];
  });
  if (plans.length === 0) return [];
  const leases = plans.flatMap(({ grants }) => grants.map(({ lease }) => lease));
  // From the last to the first, so that those who are put back keep their order.
  plans.reverse();
  const given = await retryDeadlocks(async () => await insertLeases(jobs, leases, terms)).catch((error: unknown) => {
    for (const { place, grants } of plans) {
      line.putBack(place);
      stock.restock(grants.map(({ job }) => job));
    }
    throw error;
  });
  for (const { place, grants } of plans) {
    const granted = grants.filter(({ lease }) => given.has(lease.leaseId));
    if (granted.length > 0) place.answer(granted.map((grant) => toJob(grant, terms.leaseSeconds)));
    else line.putBack(place);
  }
  return plans.flatMap(({ grants }) => grants.filter(({ lease }) => given.has(lease.leaseId)).map(({ job }) => job));
}

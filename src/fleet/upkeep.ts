import type { Log, Service } from '../base/index.ts';
import type { Database } from '../postgres/index.ts';
import { readCensusOf, type CensusGroup } from './census/census.ts';
import type { Intake } from './heartbeat/intake.ts';
import { lapseScanners } from './heartbeat/store.ts';
import type { JobQueue } from './leases/queue.ts';
import { readQueueDepth, type QueueDepth } from './leases/store.ts';
import { sweepLeases } from './leases/sweep.ts';
import { startTicker, type Ticker } from './ticker.ts';

export interface UpkeepDeps {
  readonly config: Database;
  readonly jobs: Database;
  readonly results: Database;
  readonly queue: JobQueue;
  readonly intake: Intake;
  readonly log: Log;
  /** Whether the gate lets product requests in. */
  readonly isOpen: () => boolean;
  /** Fires the schedules that are due; called while there is a queue. */
  readonly fireSchedules: () => Promise<void>;
  /** Pause between two rounds of each work. */
  readonly tickMs: number;
}

/** What is done by the clock, and what it has found out for the calls. Every manager does all of it. */
export interface Upkeep extends Service {
  /** Scanners registered, as they were last counted; null before the first count. */
  readonly fleetSize: () => number | null;
  /** Leases from before the last restore are of an older epoch. */
  readonly epoch: () => number;
  /** What the last round has read, for the metrics; undefined while it cannot be read. */
  readonly figures: () => FleetFigures;
  /** The queue is there: jobs can be leased and settled. */
  readonly isQueueReady: () => boolean;
  /** Resolves once the queue was looked for the first time, whether it was found or not. */
  readonly whenPrepared: () => Promise<void>;
  /** Does everything now. */
  readonly round: () => Promise<void>;
}

/** How the fleet stands. */
export interface FleetFigures {
  readonly census: readonly CensusGroup[] | undefined;
  readonly queue: QueueDepth | undefined;
}

const mostLapses = 5000;
const flushMs = 1000;
/** While the gate is open and the queue was not found yet: scans and leases are turned away until it is. */
const lookMs = 500;

/** Makes the upkeep. A database that is away makes a round fail, and the next one comes all the same. */
export function createUpkeep(deps: UpkeepDeps): Upkeep {
  const { config, jobs, results, queue, intake, log, tickMs } = deps;
  let fleetSize: number | null = null;
  let epoch = 0;
  let queueReady = false;
  let census: readonly CensusGroup[] | undefined;
  let depth: QueueDepth | undefined;
  let tickers: Ticker[] = [];
  const prepared = Promise.withResolvers<void>();

  async function count(): Promise<void> {
    census = await readCensusOf(config).catch((error: unknown) => {
      census = undefined;
      throw error;
    });
    fleetSize = census.reduce((sum, group) => sum + group.count, 0);
  }

  /** The epoch comes first: a lease of an older one would be nobody's. */
  async function prepare(): Promise<void> {
    epoch = await readEpoch(config);
    if (queueReady) return;
    await queue.start();
    queueReady = true;
  }

  async function measureQueue(): Promise<void> {
    if (!queueReady) return;
    [depth] = await readQueueDepth(jobs).catch((error: unknown) => {
      depth = undefined;
      throw error;
    });
  }

  const lapse = async (): Promise<void> => await lapseAll(config);

  async function sweep(): Promise<void> {
    if (queueReady) await sweepLeases({ jobs, results, queue, epoch: () => epoch });
  }

  async function fire(): Promise<void> {
    if (queueReady) await deps.fireSchedules();
  }

  return {
    fleetSize: () => fleetSize,
    epoch: () => epoch,
    figures: () => ({ census, queue: depth }),
    isQueueReady: () => queueReady,
    whenPrepared: async () => await prepared.promise,
    round: async () => {
      await intake.flush();
      for (const work of [count, prepare, measureQueue, lapse, sweep, fire]) await work();
    },
    start: async () => {
      // Apart from each other, so that scanners are told a pace of their number even while the jobs database hangs.
      const every = (work: () => Promise<void>): Ticker => startTicker(tickMs, work, log);
      const first = [every(count), every(prepare)] as const;
      const lookSoon = async (): Promise<void> => {
        if (!queueReady && deps.isOpen()) await first[1].run();
      };
      tickers = [
        ...first,
        ...[measureQueue, lapse, sweep, fire].map(every),
        startTicker(Math.min(lookMs, tickMs), lookSoon, log),
        startTicker(Math.min(flushMs, tickMs), async () => await intake.flush(), log),
      ];
      // Not waited for: a database that hangs must not keep the process from its other work.
      void Promise.all(first.map(async (ticker) => await ticker.run())).then(() => prepared.resolve());
      await Promise.resolve();
    },
    stop: async () => {
      await Promise.all(tickers.map(async (ticker) => await ticker.stop()));
      await intake.flush();
      if (queueReady) await queue.stop();
      queueReady = false;
    },
  };
}

async function lapseAll(config: Database): Promise<void> {
  while ((await lapseScanners(config, mostLapses)) === mostLapses);
}

async function readEpoch(config: Database): Promise<number> {
  const [row] = await config.query<{ epoch: number }>(
    "select (value #>> '{}')::integer as epoch from settings where key = 'fleet.epoch'",
  );
  return row?.epoch ?? 0;
}

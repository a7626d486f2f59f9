import {
  createLoop,
  systemSchedule,
  withDeadline,
  type Clock,
  type Log,
  type Schedule,
  type Secret,
  type Service,
} from '../base/index.ts';
import { databaseNames, type DatabaseName, type DatabaseStatus } from '../contract/index.ts';
import { openSampleFile, type Samples } from './sample-file.ts';
import { thresholdRows } from './thresholds.ts';
import { createWatch, type Watch } from './watch.ts';

/** How long one database may take; a page that asks every few seconds is never more than that behind. */
const readingMs = 4000;
const statementMs = 1000;
/** How long a request waits for databases that have answered so far. */
const patienceMs = 1000;
/** How often the sizes are counted when nobody looks. */
const countEveryMs = 600_000;

export interface DatabaseStatusOptions {
  /** The role that may see statistics, and nothing of the product. */
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  /** The manager's own, in case that role cannot sign in. */
  readonly appUrls: Readonly<Record<DatabaseName, Secret>>;
  /** Where samples are kept from one start to the next. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly readingMs?: number;
  readonly statementMs?: number;
  readonly schedule?: Schedule;
}

/** Where everybody gets the health of the databases from. */
export interface DatabaseStatusSource {
  /**
   * What is known, and has it read again for whoever looks next. Waits a moment for databases that answer, never for one that
   * was silent the last time; all who look at the same time share one reading.
   */
  look(): Promise<DatabaseStatus>;
}

/** As a part of a process; unless somebody looks, each database is asked for its size every ten minutes and left alone otherwise. */
export type DatabaseStatusService = DatabaseStatusSource & Service;

/** Makes the service; nothing connects before `start` or `look`. */
export function createDatabaseStatus(options: DatabaseStatusOptions): DatabaseStatusService {
  const { clock, log, dataDir, urls, appUrls, schedule = systemSchedule } = options;
  const terms = {
    clock,
    deadlineMs: options.readingMs ?? readingMs,
    statementMs: options.statementMs ?? statementMs,
  };
  const watchOf = (name: DatabaseName): Watch => {
    const url = urls[name];
    const otherwise = appUrls[name].reveal() === url.reveal() ? undefined : appUrls[name];
    return createWatch({ name, url, otherwise }, terms);
  };
  const watches = databaseNames.map((name) => ({ name, watch: watchOf(name) }));
  const file = openSampleFile(dataDir, log);
  let recalled = false;

  const count = async (): Promise<void> => {
    if (!recalled) {
      recalled = true;
      const known = await file.load();
      for (const { name, watch } of watches) watch.recall(known[name]);
    }
    await Promise.all(watches.map(async ({ watch }) => await watch.count()));
    const samples = Object.fromEntries(watches.map(({ name, watch }) => [name, watch.samples()])) as Samples;
    await file.save(samples);
  };
  const loop = createLoop({
    work: async () =>
      await count().catch((error: unknown) => log.error({ err: error }, 'counting the sizes of the databases failed')),
    // Not all managers at once.
    pauseMs: () => countEveryMs * (0.9 + 0.2 * Math.random()),
    gapMs: 0,
    clock,
    schedule,
  });
  return {
    look: async () => {
      const reading = watches.map(({ watch }) => {
        const silent = watch.isSilent();
        const read = watch.refresh();
        return silent ? Promise.resolve() : read;
      });
      await withDeadline(patienceMs, async () => await Promise.all(reading)).catch(() => undefined);
      const databases = watches.map(({ watch }) => watch.report());
      return { generatedAt: clock.now().toISOString(), databases, thresholds: thresholdRows() };
    },
    start: async () => loop.start(),
    stop: async () => {
      const settled = async (): Promise<unknown> =>
        await Promise.all([loop.stop(), ...watches.map(async ({ watch }) => await watch.settled())]);
      // A reading that hangs is cut by its own deadline, and keeps no process alive that long.
      await withDeadline(patienceMs, settled).catch(() => undefined);
    },
  };
}

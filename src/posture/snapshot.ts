import { createLoop, systemSchedule, withDeadline, type Schedule, type Service } from '../base/index.ts';
import { databaseNames } from '../contract/index.ts';
import { createBoard, type BoardOptions } from './board.ts';
import { openLastKnownFile, readOnly, type LastKnownFile } from './last-known-file.ts';
import { openReaders, type ReadersOptions } from './readers/index.ts';
import { forgetFailedDrift, isComparable, type Readings } from './readings.ts';
import type { PostureSource } from './types.ts';

/** How long any one part may take; a refresh is over when the slowest is. */
const READ_DEADLINE_MS = 1000;
const FILE_DEADLINE_MS = 1000;
const REFRESH_MS = 2000;
/** A database that has just become unknown, or that a migrator is at work on, is asked again sooner. */
const IMPATIENT_MS = 500;
const DRIFT_MS = 60_000;
/** A comparison that failed leaves the verdict at 'cannot tell', so it is made again sooner. */
const DRIFT_RETRY_MS = 10_000;
/** A migrator notifies once a run, an operator's script perhaps often: a burst makes a few readings, not hundreds. */
const EVENT_GAP_MS = 200;

export interface PostureOptions extends BoardOptions, Omit<ReadersOptions, 'onEvent' | 'terms'> {
  /** Where last-known.json is. */
  readonly dataDir: string;
  /** False for a process that only looks: it reads last-known.json and never writes it. Default true. */
  readonly keepsLastKnown?: boolean;
  /** How long any one part may take to be read, in milliseconds; default 1000. */
  readonly readDeadlineMs?: number;
  readonly schedule?: Schedule;
  /** Spreads the readings of many replicas; from 0 to 1. */
  readonly random?: () => number;
}

/** The posture as a part of a process: refreshed while started, and readable from memory from the first instant. */
export type Posture = PostureSource & Service;

/** Makes the posture. It reads nothing before `start` or `refresh`, and leaves no connection behind after `stop`. */
export function createPosture(options: PostureOptions): Posture {
  const { clock, log, schedule = systemSchedule, random = Math.random } = options;
  const board = createBoard(options);
  const file = fileOf(options);
  let loaded: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  let impatient = false;
  const firstRead = Promise.withResolvers<void>();

  // A file that comes after the deadline is taken in all the same: it holds the parts that cannot be read now.
  // It is saved at once: a stop may come before the next reading.
  const recall = async (): Promise<void> => {
    board.recall(await file.load());
    file.save(board.lastKnown());
  };
  const load = async (): Promise<void> => await withDeadline(FILE_DEADLINE_MS, recall).catch(() => undefined);
  const refreshParts = async (): Promise<void> => {
    await (loaded ??= load());
    const before = board.readings().schemas;
    const parts = await readers.readParts();
    board.post({ ...parts, drift: forgetFailedDrift({ ...parts, drift: board.readings().drift }) });
    firstRead.resolve();
    const after = board.readings();
    impatient = databaseNames.some((name) => isRestless(before[name], after.schemas[name]));
    file.save(board.lastKnown());
    if (hasUnmeasuredLedger(after)) drift.soon();
  };
  const refreshDrift = async (): Promise<void> =>
    board.post({ drift: await readers.readDrift(board.readings().schemas) });

  const repeat = (work: () => Promise<void>, pauseMs: () => number) =>
    createLoop({
      work: async () =>
        await work().catch((error: unknown) => log.error({ err: error }, 'a refresh of the posture failed')),
      pauseMs: () => pauseMs() * (0.9 + 0.2 * random()),
      gapMs: EVENT_GAP_MS,
      clock,
      schedule,
    });
  const parts = repeat(refreshParts, () => (impatient ? IMPATIENT_MS : REFRESH_MS));
  const drift = repeat(refreshDrift, () => (hasFailedComparison(board.readings()) ? DRIFT_RETRY_MS : DRIFT_MS));
  const terms = { clock, deadlineMs: options.readDeadlineMs ?? READ_DEADLINE_MS };
  const readers = openReaders({ ...options, terms, onEvent: () => parts.soon() });

  const close = async (): Promise<void> => {
    await Promise.all([parts.stop(), drift.stop()]);
    await readers.close();
    await withDeadline(FILE_DEADLINE_MS, async () => await file.flush()).catch(() => undefined);
  };
  return {
    current: () => board.current(),
    whenRead: async () => await firstRead.promise,
    onChange: (listener) => board.onChange(listener),
    refresh: async () => {
      await parts.run();
      await drift.run();
      return board.current();
    },
    start: async () => {
      parts.start();
      drift.start();
    },
    stop: async () => await (closed ??= close()),
  };
}

function fileOf({ dataDir, log, keepsLastKnown = true }: PostureOptions): LastKnownFile {
  const file = openLastKnownFile(dataDir, log);
  return keepsLastKnown ? file : readOnly(file);
}

/** Whether a hiccup may be over, or a migration finished, before the next regular reading. */
function isRestless(before: Readings['schemas']['config'], now: Readings['schemas']['config']): boolean {
  return 'value' in now ? now.value.assessment.migrating : 'value' in before;
}

function hasFailedComparison({ drift }: Readings): boolean {
  return databaseNames.some((name) => drift[name] !== null && 'error' in drift[name].outcome);
}

function hasUnmeasuredLedger({ schemas, drift }: Readings): boolean {
  return databaseNames.some((name) => {
    const schema = schemas[name];
    return 'value' in schema && isComparable(schema.value) && drift[name]?.ledgerKey !== schema.value.ledgerKey;
  });
}

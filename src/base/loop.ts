import type { Clock } from './clock.ts';

/** Calls back once after some milliseconds; gives the function that prevents it. */
export type Schedule = (afterMs: number, call: () => void) => () => void;

/** The machine's timer. It does not keep a process alive. */
export const systemSchedule: Schedule = (afterMs, call) => {
  const timer = setTimeout(call, afterMs).unref();
  return () => clearTimeout(timer);
};

/** Work that is repeated and never overlaps itself. */
export interface Loop {
  /** Runs now and then again after each pause, until stopped. */
  start(): void;
  /** Resolves after a run that began after this call; callers who come during one run share the next. Nothing once stopped. */
  run(): Promise<void>;
  /** Asks for a run as soon as the gap since the last one allows; any number of calls make one run. */
  soon(): void;
  /** Ends the repetition and waits for a run that is under way. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  /** Must not throw: whoever writes it decides what a failure means. */
  readonly work: () => Promise<void>;
  /** How long to wait after a run. */
  readonly pauseMs: () => number;
  /** At least this long from the beginning of one run to the beginning of one asked for with `soon`. */
  readonly gapMs: number;
  readonly clock: Clock;
  readonly schedule: Schedule;
}

/** Makes a loop; it does nothing until it is started or run. */
export function createLoop({ work, pauseMs, gapMs, clock, schedule }: LoopOptions): Loop {
  let state: 'new' | 'started' | 'stopped' = 'new';
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let askedAgain = false;
  let lastStart = Number.NEGATIVE_INFINITY;
  let cancel = (): void => undefined;

  const arm = (afterMs: number): void => {
    cancel();
    if (state === 'started') cancel = schedule(afterMs, () => void run());
  };
  const gapLeft = (): number => Math.min(gapMs, Math.max(0, gapMs - (clock.now().getTime() - lastStart)));
  const launch = (): Promise<void> => {
    cancel();
    askedAgain = false;
    lastStart = clock.now().getTime();
    running = work().finally(() => {
      running = undefined;
      arm(askedAgain ? gapLeft() : pauseMs());
    });
    return running;
  };
  const launchAfter = async (earlier: Promise<void>): Promise<void> => {
    await earlier;
    next = undefined;
    if (state !== 'stopped') await launch();
  };
  const run = (): Promise<void> => {
    if (state === 'stopped') return Promise.resolve();
    if (running === undefined) return launch();
    next ??= launchAfter(running);
    return next;
  };

  return {
    start: () => {
      if (state !== 'new') return;
      state = 'started';
      void run();
    },
    run,
    soon: () => {
      if (running === undefined) arm(gapLeft());
      else askedAgain = true;
    },
    stop: async () => {
      state = 'stopped';
      cancel();
      await Promise.all([running, next]);
    },
  };
}

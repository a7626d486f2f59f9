import { messageOf, type Log } from '../base/index.ts';

export interface Ticker {
  /** Runs the work now, after the run under way, if there is one. */
  run(): Promise<void>;
  /** Ends it; resolves when the run under way is over. */
  stop(): Promise<void>;
}

/** Does `work` every so often, never twice at a time. A failure is logged; the next time comes all the same. */
export function startTicker(everyMs: number, work: () => Promise<unknown>, log: Log): Ticker {
  let last: Promise<void> = Promise.resolve();
  let stopped = false;
  let timer = setTimeout(tick, everyMs);

  function tick(): void {
    void run().finally(() => {
      if (!stopped) timer = setTimeout(tick, everyMs);
    });
  }

  async function run(): Promise<void> {
    last = last.then(work).then(
      () => undefined,
      (error: unknown) => {
        log.warn({ reason: messageOf(error) }, 'timed work of the fleet failed; it is tried again');
      },
    );
    await last;
  }

  return {
    run,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await last;
    },
  };
}

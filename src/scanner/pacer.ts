import { setTimeout as delay } from 'node:timers/promises';

/** Time and chance as the loops see them. Monotonic: a machine's clock that is wrong or jumps changes nothing. */
export interface Pacer {
  monotonicMs(): number;
  /** From 0 up to but not including 1. */
  random(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest wait a timer takes; longer ones would fire at once. */
const longestTimerMs = 2_147_483_647;

/** The machine's own. */
export const systemPacer: Pacer = {
  monotonicMs: () => performance.now(),
  random: Math.random,
  sleep: async (ms, signal) => {
    try {
      await delay(Math.min(ms, longestTimerMs), undefined, { signal });
    } catch {
      // Aborted: the caller looks at its signal.
    }
  },
};

/** Wakes one sleeper early; a ring that nobody heard is kept for the next. */
export class Bell {
  #wake = new AbortController();

  ring(): void {
    this.#wake.abort();
  }

  /** Sleeps until rung, at most `ms`. */
  async sleep(pacer: Pacer, ms: number, signal: AbortSignal): Promise<void> {
    await pacer.sleep(ms, AbortSignal.any([signal, this.#wake.signal]));
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }

  /** Sleeps until rung, however long that takes. */
  async wait(pacer: Pacer, signal: AbortSignal): Promise<void> {
    await this.sleep(pacer, longestTimerMs, signal);
  }
}

import type { Pacer } from './pacer.ts';

const firstMs = 2000;
const capMs = 60_000;
/** However long a manager asks us to stay away. */
const longestRetryAfterMs = 600_000;

/**
 * How long to wait after a call that came to nothing. Full jitter: each wait is drawn from the whole of a window that
 * doubles up to a minute, so that a fleet cut off together does not come back together.
 */
export class Backoff {
  readonly #pacer: Pick<Pacer, 'random'>;
  #failures = 0;

  constructor(pacer: Pick<Pacer, 'random'>) {
    this.#pacer = pacer;
  }

  /** The next wait. A manager's Retry-After is the least of it, with jitter on top. */
  next(retryAfterMs?: number): number {
    const windowMs = Math.min(capMs, firstMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    if (retryAfterMs === undefined) return this.#pacer.random() * windowMs;
    const leastMs = Math.min(retryAfterMs, longestRetryAfterMs);
    return leastMs + this.#pacer.random() * Math.max(firstMs, leastMs / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}

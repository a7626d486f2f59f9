import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../base/index.ts';
import type { Part } from './part.ts';

export interface SupervisorOptions {
  /** What the operator calls the part. */
  readonly name: string;
  /** The part as it runs already. */
  readonly first: Part;
  /** Starts it anew. */
  readonly start: () => Promise<Part>;
  /** Called after each start, the first included. */
  readonly onStarted: (part: Part) => Promise<void>;
  /** Asked when it ended: why it is not to be started again, in one sentence for the operator; undefined: it is. */
  readonly giveUp?: (exitCode: number | null) => Promise<string | undefined>;
  /** One plain sentence for the operator. */
  readonly report: (line: string) => void;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;
/** A part that ran this long has proved itself: its next restart is a prompt one again. */
const provenMs = 30_000;

/** A part that is started again whenever it ends, with growing pauses, until it is stopped or given up. */
export class Supervised {
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  #part: Part;
  readonly #watching: Promise<void>;

  private constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#part = options.first;
    this.#watching = this.#watch();
  }

  /** Takes charge of a running part; if that fails, the part is stopped. */
  static async start(options: SupervisorOptions): Promise<Supervised> {
    try {
      await options.onStarted(options.first);
    } catch (error) {
      await options.first.stop();
      throw error;
    }
    return new Supervised(options);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#part.stop();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    let pauseMs = firstPauseMs;
    for (;;) {
      const startedAt = performance.now();
      const exitCode = await this.#part.gone;
      if (this.#stopping.signal.aborted) return;
      const farewell = await this.#options.giveUp?.(exitCode);
      if (farewell !== undefined) {
        this.#options.report(farewell);
        return;
      }
      if (performance.now() - startedAt > provenMs) pauseMs = firstPauseMs;
      this.#options.report(`${this.#options.name} (process ${this.#part.pid}) ended unexpectedly; starting it again`);
      pauseMs = await this.#startAgain(pauseMs);
      if (this.#stopping.signal.aborted) return await this.#part.stop();
    }
  }

  /** Tries until the part runs or the stop comes; gives the pause before the next restart. */
  async #startAgain(firstMs: number): Promise<number> {
    let pauseMs = firstMs;
    let told = '';
    for (;;) {
      await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      if (this.#stopping.signal.aborted) return pauseMs;
      try {
        await this.#startOnce();
        return pauseMs;
      } catch (error) {
        const line = `${this.#options.name} could not be started again, and is being retried: ${messageOf(error)}`;
        if (line !== told) this.#options.report(line);
        told = line;
      }
    }
  }

  async #startOnce(): Promise<void> {
    const part = await this.#options.start();
    try {
      await this.#options.onStarted(part);
    } catch (error) {
      await part.stop();
      throw error;
    }
    this.#part = part;
  }
}

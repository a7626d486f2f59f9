import { setTimeout as wait } from 'node:timers/promises';
import { isPassing } from './failure.ts';

export interface RetryTerms {
  readonly attempts: number;
  /** Before the second attempt; doubled before each one after it, and never the same twice. */
  readonly delayMs: number;
}

/** Tries again what failed for a reason that may pass. */
export async function withRetries<T>(
  terms: RetryTerms,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt >= terms.attempts || !isPassing(error)) throw error;
      await pause(terms, attempt, signal);
    }
  }
}

async function pause({ delayMs }: RetryTerms, attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const most = delayMs * 2 ** (attempt - 1);
  await wait(most * (0.5 + Math.random() / 2), undefined, { ref: true, ...(signal && { signal }) });
}

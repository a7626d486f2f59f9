import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../base/index.ts';
import { sqlState } from '../postgres/index.ts';

const turnedAwayMs = 2000;

/** Tries again for a while when the server has no connection left: our own checks hold some, and give them back. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const end = Date.now() + turnedAwayMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTurnedAway(error) || Date.now() > end) throw error;
      await delay(100);
    }
  }
}

/** Whether a server refused a connection because it has too many. */
export function isTurnedAway(error: unknown): boolean {
  return error instanceof AppError && error.details['sqlState'] === sqlState.tooManyConnections;
}

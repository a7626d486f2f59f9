import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../src/base/index.ts';

export interface WaitForOptions {
  /** What is waited for; the error names it. */
  readonly what: string;
  readonly timeoutMs?: number;
  /** Pause between two looks. */
  readonly everyMs?: number;
}

/**
 * Waits until `condition` gives something other than false, null or undefined, and gives that. A condition that
 * throws has not come true yet; when the time is over the error names its last complaint.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitForOptions,
): Promise<Exclude<T, false | null | undefined>> {
  const { what, timeoutMs = 10_000, everyMs = 15 } = options;
  const end = Date.now() + timeoutMs;
  let complaint = '';
  for (;;) {
    try {
      const found = await condition();
      if (found !== false && found !== null && found !== undefined)
        return found as Exclude<T, false | null | undefined>;
      complaint = '';
    } catch (error) {
      complaint = ` (${messageOf(error)})`;
    }
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}${complaint}`);
    await delay(everyMs);
  }
}

import type { Clock } from '../../src/base/index.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
  set(now: Date): void;
}

/** Makes a clock that shows `start`. */
export function manualClock(start = new Date('2026-01-01T00:00:00.000Z')): ManualClock {
  let nowMs = start.getTime();
  return {
    now: () => new Date(nowMs),
    advance: (ms) => {
      nowMs += ms;
    },
    set: (now) => {
      nowMs = now.getTime();
    },
  };
}

import type { Pacer } from '../../src/scanner/pacer.ts';

/** Time that stands still until a test moves it, and chance that always falls on the middle. */
export interface ManualPacer extends Pacer {
  /** Milliseconds until each sleeper would wake, shortest first. */
  readonly sleeping: readonly number[];
  advance(ms: number): void;
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** Makes a pacer whose time begins at 0. */
export function manualPacer(): ManualPacer {
  let nowMs = 0;
  const sleepers = new Set<Sleeper>();
  return {
    monotonicMs: () => nowMs,
    random: () => 0.5,
    sleep: async (ms, signal) => {
      if (signal.aborted || ms <= 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      const sleeper = { untilMs: nowMs + ms, wake };
      sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
      sleepers.delete(sleeper);
    },
    get sleeping() {
      return [...sleepers].map(({ untilMs }) => untilMs - nowMs).sort((left, right) => left - right);
    },
    advance: (ms) => {
      nowMs += ms;
      for (const sleeper of sleepers) if (sleeper.untilMs <= nowMs) sleeper.wake();
    },
  };
}

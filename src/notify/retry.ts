import type { Delivery } from './types.ts';

/** Pauses between attempts: soon at first, as most failures pass, then for three days. */
const pausesSeconds = [5, 30, 120, 600, 1800, 3600, 7200, 18_000, 36_000, 50_400, 57_600, 86_400];

/** After how many seconds to try again; null: not at all. `random` spreads what failed together. */
export function retryAfter(delivery: Delivery, attemptsBefore: number, random: () => number): number | null {
  if (delivery.kind !== 'failed') return null;
  const pause = pausesSeconds[attemptsBefore];
  return pause === undefined ? null : pause * (0.9 + 0.2 * random());
}

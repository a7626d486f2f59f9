import { parseCron, type CronFault } from '../../base/index.ts';

/** What is to be done about a schedule whose time has come. */
export type FiringPlan =
  | {
      /** The one occurrence that is fired, however many went by. */
      readonly dueAt: Date;
      /** Occurrences before it that went by unfired; counted up to `mostMissedCounted`. */
      readonly missed: number;
      /** It is fired later than managers at work would have fired it. */
      readonly late: boolean;
      readonly nextAt: Date;
      readonly fault?: never;
    }
  | { readonly fault: CronFault };

export const mostMissedCounted = 1000;
/** Managers look every few seconds: whatever is fired later than this was missed by all of them. */
const lateAfterMs = 60_000;

/**
 * Decides about a schedule that was to fire at `nextAt`, which is not after `now`. Of several occurrences that went by only
 * the latest is fired: after a night without managers, one scan is wanted and not eight.
 */
export function planFiring(
  { cron, timeZone, nextAt }: { readonly cron: string; readonly timeZone: string; readonly nextAt: Date },
  now: Date,
): FiringPlan {
  const { times, fault } = parseCron(cron, timeZone);
  if (times === undefined) return { fault };
  const latest = times.latest(now) ?? nextAt;
  // Never one before the appointed time, which may have been fired: the rules of a time zone can change in between.
  const dueAt = latest > nextAt ? latest : nextAt;
  let missed = 0;
  for (let at = nextAt; at < dueAt && missed < mostMissedCounted; at = times.next(at)) missed += 1;
  const late = missed > 0 || now.getTime() - dueAt.getTime() > lateAfterMs;
  return { dueAt, missed, late, nextAt: times.next(now) };
}

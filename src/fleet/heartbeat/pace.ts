/** What the pace is worked out from. */
export interface PaceFacts {
  /** Scanners registered, revoked ones not counted; null while nobody has counted them. */
  readonly fleetSize: number | null;
  readonly holdsJobs: boolean;
  readonly leaseSeconds: number;
  /** From 0 up to 1: where in the jitter this answer falls. */
  readonly random: number;
}

/** Heartbeats the whole deployment takes a second, however large the fleet. */
export const heartbeatsPerSecond = 200;
const shortestSeconds = 10;
/** Asked for before the first count: right for 12,000 scanners, and bearable from many more for the moment it takes. */
const cautiousSeconds = 60;
const jitter = 0.2;

/**
 * Seconds until a scanner shall call again. Grows with the fleet, so that the sum of all heartbeats does not; spread by
 * a tenth to either side, so that scanners let back together drift apart. A scanner with jobs is asked to come three times
 * a lease: that load is bounded by the jobs in work, and two heartbeats may get lost.
 */
export function planPace({ fleetSize, holdsJobs, leaseSeconds, random }: PaceFacts): number {
  const fleetPace = fleetSize === null ? cautiousSeconds : Math.max(shortestSeconds, fleetSize / heartbeatsPerSecond);
  const pace = holdsJobs ? Math.min(fleetPace, leaseSeconds / 3) : fleetPace;
  return Math.round(pace * (1 - jitter / 2 + jitter * random) * 10) / 10;
}

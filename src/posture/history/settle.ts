import type { ReleasePosture } from '../../contract/index.ts';
import { listChanges } from './changes.ts';

/** A change has to hold this long to be history: a migration of ten steps is one change, a lost packet none. */
export const settleMs = 5000;
/** What never holds still is recorded all the same, this often. */
export const unsettledMs = 60_000;

/** A posture that differs from the recorded one, and since when. */
export interface Unsettled {
  readonly posture: ReleasePosture;
  readonly since: Date;
  /** Since when it has been anything but the recorded one. */
  readonly movingSince: Date;
}

/** Takes in what is seen now; undefined: it is the recorded one. */
export function follow(
  recorded: ReleasePosture | null,
  before: Unsettled | undefined,
  posture: ReleasePosture,
  now: Date,
): Unsettled | undefined {
  if (recorded !== null && listChanges(recorded, posture).length === 0) return undefined;
  const movingSince = before?.movingSince ?? now;
  const held = before !== undefined && listChanges(before.posture, posture).length === 0;
  return { posture, since: held ? before.since : now, movingSince };
}

/** Whether it is to be recorded now. */
export function isSettled({ since, movingSince }: Unsettled, now: Date): boolean {
  const elapsed = (from: Date): number => now.getTime() - from.getTime();
  return elapsed(since) >= settleMs || elapsed(movingSince) >= unsettledMs;
}

/** Whether every part has been read, or tried; before that a posture says nothing of the deployment. */
export function isComplete({ databases, lastBackup, scanners, preflightReading }: ReleasePosture): boolean {
  return [...databases, lastBackup, scanners, preflightReading].every(({ error }) => error?.code !== 'not_read_yet');
}

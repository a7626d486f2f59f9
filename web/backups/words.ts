import type { BackupRun, BackupTargetState, BundleRow, RetentionPolicy } from '../../src/contract/index.ts';
import { countOf } from '../parts/size.ts';

/** `the last 7, one a day for 7 days, one a week for 4 weeks`. */
export function retentionWords({ last, daily, weekly, monthly }: RetentionPolicy): string {
  const kept = [
    `the last ${last}`,
    ...(daily === 0 ? [] : [`one a day for ${countOf(daily, 'day')}`]),
    ...(weekly === 0 ? [] : [`one a week for ${countOf(weekly, 'week')}`]),
    ...(monthly === 0 ? [] : [`one a month for ${countOf(monthly, 'month')}`]),
  ];
  return kept.join(', ');
}

/** What is known of one copy of a bundle: that another one was read says nothing of it. */
export function copyWords({ state, standing }: BundleRow['copies'][number]): string {
  if (state !== 'whole') return state === 'missing' ? 'missing' : 'not known';
  if (standing === null) return 'there';
  return standing === 'completed' ? 'there, not read back' : standing;
}

/** `5 of 7 bundles`, with what is damaged there. */
export function copiedWords({ wanted, there, missing }: NonNullable<BackupTargetState['copies']>): string {
  const damaged = wanted - there - missing.length;
  const words = `${there.toLocaleString('en')} of ${countOf(wanted, 'bundle')}`;
  return damaged === 0 ? words : `${words}, ${damaged.toLocaleString('en')} damaged there`;
}

/** `26 hours`, `7 days`: how old something may be. */
export function lengthWords(seconds: number): string {
  const hours = Math.round(seconds / 3600);
  return hours > 48 && hours % 24 === 0 ? countOf(hours / 24, 'day') : countOf(hours, 'hour');
}

/** Between 0 and 100; null while nobody can say what it is part of. */
export function percentOf(done: number, estimated: number): number | null {
  return estimated <= 0 ? null : Math.min(100, Math.floor((100 * done) / estimated));
}

/** The newer of what the status and the stream say of a run: progress never goes back. */
export function latestOf(polled: BackupRun | null, streamed: BackupRun | null): BackupRun | null {
  if (polled === null || streamed === null || polled.id !== streamed.id) return polled ?? streamed;
  return streamed.doneBytes >= polled.doneBytes ? streamed : polled;
}

import type { BundleSummary, LastBackup, PostureChange } from '../../contract/index.ts';
import { change } from './change.ts';

/** What has become of the backups; what the service cannot be asked about now has not changed. */
export function backupChanges(was: LastBackup, is: LastBackup): PostureChange[] {
  return [...serviceChanges(was, is), ...bundleChanges(bundleOf(was), bundleOf(is), is)];
}

function serviceChanges(was: LastBackup, is: LastBackup): PostureChange[] {
  if (was.status !== 'unavailable' && is.status === 'unavailable') {
    const why = is.error?.message ?? 'no reason given';
    return [change('backup', 'backup_unavailable', `the backup service could not be asked: ${why}`)];
  }
  if (was.status === 'unavailable' && is.status !== 'unavailable')
    return [change('backup', 'backup_available', 'the backup service answers again')];
  return [];
}

function bundleOf({ bundle, lastKnown }: LastBackup): BundleSummary | null {
  return bundle ?? lastKnown?.bundle ?? null;
}

function bundleChanges(was: BundleSummary | null, is: BundleSummary | null, after: LastBackup): PostureChange[] {
  if (is === null)
    return was !== null && after.status === 'none'
      ? [change('backup', 'bundles_gone', `there is no bundle any more; the last one was ${was.id}`)]
      : [];
  if (was?.id !== is.id) return [change('backup', 'bundle_newest', `${is.id} is the newest bundle (${is.state})`)];
  if (was.state === is.state) return [];
  const why = is.state === 'damaged' && is.damage !== null ? `: ${is.damage}` : '';
  return [change('backup', `bundle_${is.state}`, `bundle ${is.id} is ${is.state} now${why}`)];
}

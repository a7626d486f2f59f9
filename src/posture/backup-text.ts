import type { LastBackup, ReleasePosture, WayBack } from '../contract/index.ts';

/** The last backup and where it leads back to, a line each. */
export function describeBackup({ lastBackup, generatedAt }: ReleasePosture): string[] {
  const { status, bundle, migratedSince, waysBack } = lastBackup;
  if (status === 'none') return ['never'];
  if (bundle === null) return [`not known: ${whyUnknown(lastBackup)}`];
  const older = migratedSince.map(({ database, bundleVersion }) => `${database} ${bundleVersion}`);
  const beforeMigration = older.length === 0 ? [] : [`from before the last migration: ${older.join(', ')}`];
  return [
    `${instant(bundle.createdAt)} (${bundle.id}), ${bundle.state}${bundle.encrypted ? ', encrypted' : ''}`,
    ...beforeMigration,
    ...(waysBack.length === 0 ? ['no way back'] : waysBack.map((way) => describeWayBack(way, generatedAt))),
  ];
}

function whyUnknown({ error, lastKnown }: LastBackup): string {
  const why = error?.code ?? 'no reason was given';
  if (lastKnown === null) return why;
  return `${why}, last known ${lastKnown.bundle === null ? 'never' : instant(lastKnown.bundle.createdAt)}`;
}

const fitness = {
  this_release: '',
  migrate: '; for this release run its migrator afterwards',
  newer_release: '; this release is too old to restore it',
} as const satisfies Record<WayBack['fits'], string>;

function describeWayBack({ bundleId, createdAt, state, appVersion, fits }: WayBack, now: string): string {
  const lost = lengthOf(Math.max(0, Date.parse(now) - Date.parse(createdAt)));
  return `way back: to ${appVersion} with ${bundleId} (${state}), losing ${lost}${fitness[fits]}`;
}

/** `40 min`, `5 h`, `3 days`: what is written in so long a time. */
function lengthOf(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.ceil(hours / 24)} days`;
}

/** `2026-11-22 17:00:00 UTC`. */
export function instant(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

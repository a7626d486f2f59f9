import type { BackupTargetState } from '../../contract/index.ts';
import { planRetention } from '../retention/index.ts';
import { standingOf } from '../verify/index.ts';
import type { Shelf, ShelfReading, ShelvedBundle } from './catalogue.ts';

export interface TargetTerms {
  readonly now: Date;
  /** IANA zone in which the days of retention begin. */
  readonly zone: string;
}

/** What the status says of one target: what was last known of it, and why it cannot be read now. */
export function describeTarget({ target, reading, error }: Shelf, { now, zone }: TargetTerms): BackupTargetState {
  return {
    name: target.name,
    kind: target.kind,
    location: target.location,
    status: error === null ? 'ok' : 'unavailable',
    error,
    retention: target.retention,
    bundles: reading?.bundles.length ?? null,
    usedBytes: reading?.bundles.reduce((sum, { storedBytes }) => sum + storedBytes, 0) ?? null,
    freeBytes: reading?.freeBytes ?? null,
    growthBytesPerDay: reading === undefined ? null : growthOf(reading.bundles, now),
    nextToGo: reading === undefined ? null : nextToGo(reading, target.retention, { now, zone }),
  };
}

const dayMs = 86_400_000;

/** How much larger a bundle gets in a day, from the oldest to the newest of the last 30 days; null with fewer than two. */
function growthOf(bundles: readonly ShelvedBundle[], now: Date): number | null {
  const takenAt = ({ manifest }: ShelvedBundle): number => Date.parse(manifest.createdAt);
  const recent = bundles.filter((bundle) => takenAt(bundle) > now.getTime() - 30 * dayMs);
  const [newest, oldest] = [recent[0], recent.at(-1)];
  if (newest === undefined || oldest === undefined || newest === oldest) return null;
  const days = (takenAt(newest) - takenAt(oldest)) / dayMs;
  return days === 0 ? null : (newest.storedBytes - oldest.storedBytes) / days;
}

/** What would go after the next bundle, if it were taken now; oldest first. */
function nextToGo({ bundles, pins }: ShelfReading, policy: Shelf['target']['retention'], terms: TargetTerms): string[] {
  const deploymentId = bundles[0]?.manifest.deploymentId;
  const own = bundles.filter(({ manifest }) => manifest.deploymentId === deploymentId);
  const known = own.map(({ manifest: { id, createdAt }, verifications }) => {
    return { id, createdAt, state: standingOf(verifications).state, pinned: pins.has(id) };
  });
  const going = planRetention(known, { policy, ...terms }).filter(({ keptBy }) => keptBy.length === 0);
  return going.map(({ id }) => id).toReversed();
}

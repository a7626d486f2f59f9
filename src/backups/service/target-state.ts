import type { BackupTargetState } from '../../contract/index.ts';
import { planCopies, type CopyPlan } from '../copies/index.ts';
import { planRetention, type KeptBundle } from '../retention/index.ts';
import { standingOf } from '../verify/index.ts';
import type { Shelf, ShelfReading, ShelvedBundle } from './catalogue.ts';

export interface TargetTerms {
  readonly now: Date;
  /** IANA zone in which the days of retention begin. */
  readonly zone: string;
}

/** What a target is seen beside. */
export interface TargetContext extends TargetTerms {
  /** Where bundles are written and copied from. */
  readonly home: Shelf | undefined;
  readonly catchUp: BackupTargetState['catchUp'] | undefined;
}

/** What the status says of one target: what was last known of it, and why it cannot be read now. */
export function describeTarget(shelf: Shelf, { now, zone, home, catchUp }: TargetContext): BackupTargetState {
  const { target, reading, error } = shelf;
  const plan = home === undefined ? undefined : lackOf(home, shelf, { now, zone });
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
    copies: plan === undefined ? null : describePlan(plan),
    catchUp: catchUp ?? null,
  };
}

/** What one target lacks of what is at home; undefined for the home itself, and while either was never read. */
export function lackOf(home: Shelf, shelf: Shelf, { now, zone }: TargetTerms): CopyPlan | undefined {
  if (home === shelf || home.reading === undefined || shelf.reading === undefined) return undefined;
  const deploymentId = home.reading.bundles[0]?.manifest.deploymentId;
  const own = ({ bundles, pins }: ShelfReading): KeptBundle[] =>
    bundles.filter(({ manifest }) => manifest.deploymentId === deploymentId).map((bundle) => keptBundle(bundle, pins));
  const holdings = { home: own(home.reading), there: own(shelf.reading) };
  return planCopies(holdings, { policy: shelf.target.retention, now, zone });
}

function describePlan({ wanted, there, missing }: CopyPlan): BackupTargetState['copies'] {
  return {
    wanted,
    there,
    missing: missing.map(({ id }) => id),
    missingSince: missing[0]?.createdAt ?? null,
  };
}

function keptBundle({ manifest, verifications, misfit }: ShelvedBundle, pins: ShelfReading['pins']): KeptBundle {
  const { id, createdAt } = manifest;
  return { id, createdAt, state: standingOf(verifications, misfit).state, pinned: pins.has(id) };
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
  const known = own.map((bundle) => keptBundle(bundle, pins));
  const going = planRetention(known, { policy, ...terms }).filter(({ keptBy }) => keptBy.length === 0);
  return going.map(({ id }) => id).toReversed();
}

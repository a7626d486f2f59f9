import {
  bundleSummarySchema,
  type BundleEntry,
  type BundleList,
  type BundleState,
  type BundleSummary,
  type Verification,
} from '../../contract/index.ts';
import { bundleError } from '../bundle/errors.ts';
import { standingOf, type BundleStanding } from '../verify/index.ts';
import type { Shelf, ShelvedBundle } from './catalogue.ts';
import { requireReading } from './reading.ts';

const longestLedger = 20;

/** All bundles of all targets, newest first; one that lies on several targets is one entry. */
export function listEntries(shelves: readonly Shelf[]): BundleList {
  const ids = new Set(shelves.flatMap(({ reading }) => (reading?.bundles ?? []).map(({ manifest }) => manifest.id)));
  const newestFirst = [...ids].sort((left, right) => (left < right ? 1 : -1));
  return {
    bundles: newestFirst.flatMap((id) => findEntry(shelves, id) ?? []),
    broken: shelves.flatMap(({ reading }) => reading?.broken ?? []),
  };
}

/** One bundle with all that is known of it; undefined when no target has it. */
export function findEntry(shelves: readonly Shelf[], id: string): BundleEntry | undefined {
  const found = shelves.flatMap((shelf) => copyOn(shelf, id) ?? []);
  const [first] = found;
  if (first === undefined) return undefined;
  const { manifest } = first;
  const ledger = found.flatMap(({ verifications }) => verifications).sort((left, right) => byNewest(left, right));
  const pin = shelves.map(({ reading }) => reading?.pins.get(id)).find((pinned) => pinned !== undefined) ?? null;
  const standings = found.map(standingOn);
  const state = judge(standings);
  return {
    id,
    createdAt: manifest.createdAt,
    bytes: manifest.databases.reduce((sum, { file }) => sum + file.bytes, 0),
    verifiedAt: newest(standings.map(({ verifiedAt }) => verifiedAt)),
    provenAt: newest(standings.map(({ provenAt }) => provenAt)),
    schemaVersions: Object.fromEntries(manifest.databases.map(({ name, schemaVersion }) => [name, schemaVersion])),
    state,
    damage: state === 'damaged' ? damageOf(found, ledger) : null,
    appVersion: manifest.appVersion,
    imageSha: manifest.imageSha,
    encrypted: manifest.encryption !== null,
    pinned: pin !== null,
    verifications: ledger.slice(0, longestLedger),
    pin,
    copies: shelves.map((shelf) => describeCopy(shelf, id)),
    manifest,
  };
}

/** As `findEntry`; throws `bundle_missing`, or `backup_targets_unread` while a target that was never read may have it. */
export function requireEntry(shelves: readonly Shelf[], id: string): BundleEntry {
  const entry = findEntry(shelves, id);
  if (entry !== undefined) return entry;
  requireReading(shelves);
  throw bundleError('bundle_missing', {
    message: `there is no bundle ${id}`,
    hint: 'Type `plimsoll backup list` to see which there are.',
  });
}

/** The newest bundle, damaged or not; null when there is none. */
export function newestOf(shelves: readonly Shelf[]): BundleSummary | null {
  const newest = listEntries(shelves).bundles[0];
  return newest === undefined ? null : bundleSummarySchema.parse(newest);
}

/** The newest bundle that is not known to be damaged; null when there is none. */
export function latestWhole(shelves: readonly Shelf[]): BundleSummary | null {
  const newest = listEntries(shelves).bundles.find(({ state }) => state !== 'damaged');
  return newest === undefined ? null : bundleSummarySchema.parse(newest);
}

function copyOn({ reading }: Shelf, id: string): ShelvedBundle | undefined {
  return reading?.bundles.find(({ manifest }) => manifest.id === id);
}

function byNewest(left: Verification, right: Verification): number {
  return left.at < right.at ? 1 : -1;
}

function standingOn({ verifications, misfit }: ShelvedBundle): BundleStanding {
  return standingOf(verifications, misfit);
}

function damageOf(found: readonly ShelvedBundle[], ledger: readonly Verification[]): string | null {
  const misfit = found.find((copy) => copy.misfit !== null)?.misfit;
  return misfit ?? ledger.find(({ result }) => result === 'failed')?.message ?? null;
}

/** What is known of this very copy: that another one was read says nothing of it. */
function describeCopy(shelf: Shelf, id: string): BundleEntry['copies'][number] {
  const target = shelf.target.name;
  const copy = copyOn(shelf, id);
  if (shelf.error !== null) return { target, state: 'unknown', standing: null, checkedAt: null };
  if (copy === undefined) return { target, state: 'missing', standing: null, checkedAt: null };
  const { state, verifiedAt } = standingOn(copy);
  return { target, state: 'whole', standing: state, checkedAt: verifiedAt };
}

/** The best that is known of any copy; but one damaged copy makes a bundle damaged: who restores it may meet that one. */
function judge(standings: readonly BundleStanding[]): BundleState {
  const states = new Set(standings.map(({ state }) => state));
  const order = ['damaged', 'proven', 'verified'] as const;
  return order.find((state) => states.has(state)) ?? 'completed';
}

function newest(instants: readonly (string | null)[]): string | null {
  return instants.reduce(
    (latest, instant) => (latest === null || (instant !== null && instant > latest) ? instant : latest),
    null,
  );
}

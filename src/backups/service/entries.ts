import type { BackupTargetState, BundleEntry, BundleList, BundleState, Verification } from '../../contract/index.ts';
import type { Shelf, ShelvedBundle } from './catalogue.ts';

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
  const passed = ledger.filter(({ result }) => result === 'passed');
  return {
    id,
    createdAt: manifest.createdAt,
    bytes: manifest.databases.reduce((sum, { file }) => sum + file.bytes, 0),
    verifiedAt: passed[0]?.at ?? null,
    provenAt: passed.find(({ method }) => method === 'restore')?.at ?? null,
    schemaVersions: Object.fromEntries(manifest.databases.map(({ name, schemaVersion }) => [name, schemaVersion])),
    state: judge(found),
    verifications: ledger.slice(0, longestLedger),
    pin: shelves.map(({ reading }) => reading?.pins.get(id)).find((pin) => pin !== undefined) ?? null,
    copies: shelves.map((shelf) => ({ target: shelf.target.name, state: stateOfCopy(shelf, id) })),
    manifest,
  };
}

function copyOn({ reading }: Shelf, id: string): ShelvedBundle | undefined {
  return reading?.bundles.find(({ manifest }) => manifest.id === id);
}

function byNewest(left: Verification, right: Verification): number {
  return left.at < right.at ? 1 : -1;
}

function stateOfCopy(shelf: Shelf, id: string): BundleEntry['copies'][number]['state'] {
  if (shelf.error !== null) return 'unknown';
  return copyOn(shelf, id) === undefined ? 'missing' : 'whole';
}

/** One damaged copy makes a bundle damaged: which one a restore would read is not known. */
function judge(copies: readonly ShelvedBundle[]): BundleState {
  const decisive = copies.map(({ verifications }) => verifications.filter(({ result }) => result !== 'could_not_check'));
  if (decisive.some(([newest]) => newest?.result === 'failed')) return 'damaged';
  const passed = decisive.flat().filter(({ result }) => result === 'passed');
  if (passed.some(({ method }) => method === 'restore')) return 'proven';
  return passed.length > 0 ? 'verified' : 'completed';
}

/** What the status says of one target: what was last known of it, and why it cannot be read now. */
export function describeTarget({ target, reading, error }: Shelf, now: Date): BackupTargetState {
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

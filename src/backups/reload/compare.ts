import { type BundleDatabase, type BundleManifest, type CrossCheck, type DatabaseName } from '../../contract/index.ts';
import type { SnapshotFacts, TableFacts } from '../types.ts';

/** What a restored database holds. */
export interface RestoredDatabase extends Pick<
  SnapshotFacts,
  'serverVersion' | 'schemaVersion' | 'oldestCompatible' | 'schemaFingerprint'
> {
  readonly tables: readonly TableFacts[];
  /** Objects that differ from the catalogue that the last migration recorded, which the dump has brought along. */
  readonly drifted: readonly string[];
}

export interface RestoredBundle {
  readonly databases: Readonly<Record<DatabaseName, RestoredDatabase>>;
  readonly crossChecks: readonly CrossCheck[];
}

/** Every way in which what was restored is not what the snapshots held, as sentences; empty when it is the same. */
export function findDifferences(manifest: BundleManifest, restored: RestoredBundle): string[] {
  return [
    ...manifest.databases.flatMap((database) =>
      differencesOf(database, restored.databases[database.name]).map((text) => `${database.name}: ${text}`),
    ),
    ...crossDifferences(manifest.crossChecks, restored.crossChecks),
  ];
}

function differencesOf(then: BundleDatabase, now: RestoredDatabase): string[] {
  const versions = (['schemaVersion', 'oldestCompatible'] as const)
    .filter((field) => then[field] !== now[field])
    .map((field) => `${field} is ${now[field]}, expected ${then[field]}`);
  return [...versions, ...schemaDifference(then, now), ...tableDifferences(then, now.tables)];
}

/**
 * Postgres majors print some definitions each in its own way. Across them a fingerprint that differs proves nothing, and the
 * recorded catalogue, compared object by object, decides.
 */
function schemaDifference(then: BundleDatabase, now: RestoredDatabase): string[] {
  if (then.schemaFingerprint === now.schemaFingerprint) return [];
  const sameMajor = majorOf(then.serverVersion) === majorOf(now.serverVersion);
  if (!sameMajor && now.drifted.length === 0) return [];
  const which = now.drifted.length === 0 ? '' : `, in ${listOf(now.drifted)}`;
  return [`the schema differs from the snapshot's${which}`];
}

/** `18` of 180004. */
export function majorOf(serverVersion: number): number {
  return Math.floor(serverVersion / 10_000);
}

function tableDifferences({ tables }: BundleDatabase, found: readonly TableFacts[]): string[] {
  const now = new Map(found.map((table) => [table.name, table]));
  const then = new Set(tables.map(({ name }) => name));
  const missing = tables.filter(({ name }) => !now.has(name)).map(({ name }) => `table ${name} is missing`);
  const added = found.filter(({ name }) => !then.has(name)).map(({ name }) => `table ${name} was not in the snapshot`);
  const counted = tables.flatMap(({ name, rows, dataLeftOut }) => {
    const table = now.get(name);
    // What this release leaves out it does not count, whatever the release that took the bundle did.
    if (table === undefined || (table.dataLeftOut && !dataLeftOut)) return [];
    return table.rows === rows ? [] : [`${name} has ${table.rows} rows, expected ${rows}`];
  });
  return [...missing, ...added, ...counted];
}

function crossDifferences(then: readonly CrossCheck[], found: readonly CrossCheck[]): string[] {
  return then.flatMap(({ code, checked, missing }) => {
    const now = found.find((check) => check.code === code);
    if (now?.checked === checked && now.missing === missing) return [];
    const seen = now === undefined ? 'was not counted' : `counts ${now.checked} with ${now.missing} missing`;
    return [`reference ${code} ${seen}, expected ${checked} with ${missing} missing`];
  });
}

const shownAtMost = 5;

/** The first few, and how many more there are. */
export function listOf(texts: readonly string[]): string {
  const shown = texts.slice(0, shownAtMost).join('; ');
  return texts.length > shownAtMost ? `${shown}; and ${texts.length - shownAtMost} more` : shown;
}

/** How much a bundle holds, in words: `31 tables with 12345 rows`. */
export function sizeOf({ databases }: BundleManifest): string {
  const tables = databases.flatMap((database) => database.tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${tables.length} tables with ${rows} rows`;
}

import { classifyPostgresError, type DatabaseTarget } from '../postgres/index.ts';
import { catalogSummarySql, pinSearchPathSql } from './catalog.ts';
import type { Queryable } from './ledger.ts';
import { lockHeldSql } from './lock.ts';

/** One object that is not as it was recorded. */
export interface DriftDifference {
  readonly change: 'added' | 'removed' | 'changed';
  /** Kind and name, as in `index public.users_by_name`. */
  readonly object: string;
  /** What was recorded after the last migration; null for an added object. */
  readonly recorded: string | null;
  /** What is there now; null for a removed object. */
  readonly live: string | null;
}

/** The live schema against the one recorded after the last migration or repair. */
export type DriftReading =
  | { readonly status: 'none'; readonly recordedAt: Date; readonly runId: string }
  | {
      readonly status: 'drift';
      readonly recordedAt: Date;
      readonly runId: string;
      readonly differences: readonly DriftDifference[];
    }
  | { readonly status: 'unrecorded'; readonly reason: string };

interface CatalogRecord {
  readonly lines: readonly string[];
  readonly serverMajor: number;
}

interface Found {
  readonly lock_held: boolean;
  readonly server_major: number;
  readonly live: string[];
  readonly run_id: string | null;
  readonly finished_at: Date;
  readonly catalog: string[];
  readonly recorded_major: number;
  /** Whether the newest recorded run ended at the version that is applied now. */
  readonly is_current: boolean;
}

/** One statement, so that a migration that commits meanwhile is seen whole or not at all. */
const driftSql = `${pinSearchPathSql}
with recorded as (
  select run_id, finished_at, catalog, server_version_num / 10000 as recorded_major,
    schema_version = (select max(version) from plimsoll.schema_migration m where m.finished_at is not null) as is_current
  from plimsoll.migration_run where catalog is not null order by finished_at desc limit 1
)
select ${lockHeldSql} as lock_held, current_setting('server_version_num')::integer / 10000 as server_major,
  live.catalog as live, recorded.*
from (${catalogSummarySql}) live left join recorded on true`;

/** Compares the live schema with the recorded one. Throws a `database_*` AppError if it cannot be read. */
export async function readDrift(client: Queryable, target: DatabaseTarget): Promise<DriftReading> {
  return await read(client, target, 'others');
}

/**
 * What differs from the record before a run changes anything, asked by the holder of the migrator's lock. The run's own record
 * becomes the new measure, so this is the last moment to see it; nothing where there is no record to compare with.
 */
export async function readEarlierDrift(client: Queryable, target: DatabaseTarget): Promise<readonly DriftDifference[]> {
  const drift = await read(client, target, 'holder');
  return drift.status === 'drift' ? drift.differences : [];
}

/** Differences in one sentence, for the record of a run. */
export function describeDrift(differences: readonly DriftDifference[]): string {
  const shown = differences.slice(0, shownAtMost).map(({ change, object }) => `${change} ${object}`);
  const more = differences.length > shown.length ? ` and ${differences.length - shown.length} more` : '';
  return `the schema had drifted before this run: ${shown.join(', ')}${more}`;
}

const shownAtMost = 20;

async function read(client: Queryable, target: DatabaseTarget, asker: 'holder' | 'others'): Promise<DriftReading> {
  try {
    const ledger = await client.query(`select to_regclass('plimsoll.migration_run') is not null as exists`);
    if (ledger.rows[0]?.['exists'] !== true) return { status: 'unrecorded', reason: 'no migration was ever applied' };
    const results = (await client.query(driftSql)) as unknown as { rows: Found[] }[];
    return toReading(results.at(-1)?.rows[0], asker);
  } catch (error) {
    throw classifyPostgresError(error, target);
  }
}

function toReading(found: Found | undefined, asker: 'holder' | 'others'): DriftReading {
  if (found === undefined || found.run_id === null)
    return { status: 'unrecorded', reason: 'no migrator run has recorded the schema' };
  if (found.lock_held && asker === 'others')
    return { status: 'unrecorded', reason: 'a migrator is at work on the database' };
  if (!found.is_current)
    return { status: 'unrecorded', reason: 'the last migrator run ended before it could record the schema' };
  const differences = compareCatalogs(
    { lines: found.catalog, serverMajor: found.recorded_major },
    { lines: found.live, serverMajor: found.server_major },
  );
  const source = { recordedAt: found.finished_at, runId: found.run_id };
  return differences.length === 0 ? { status: 'none', ...source } : { status: 'drift', ...source, differences };
}

/** Every object that differs between two catalogs, by name. */
export function compareCatalogs(recorded: CatalogRecord, live: CatalogRecord): DriftDifference[] {
  const before = byObject(recorded.lines);
  const after = byObject(live.lines);
  const objects = [...new Set([...before.keys(), ...after.keys()])].sort();
  const sameMajor = recorded.serverMajor === live.serverMajor;
  return objects.flatMap((object) => {
    const [was, is] = [before.get(object) ?? null, after.get(object) ?? null];
    if (was === is || (was !== null && is !== null && !sameMajor && isRewritten(object))) return [];
    return [{ change: was === null ? 'added' : is === null ? 'removed' : 'changed', object, recorded: was, live: is }];
  });
}

/** What Postgres prints from its parse tree, and prints anew in its own way after a major upgrade. */
function isRewritten(object: string): boolean {
  return /^(view|materialized view|rule|function|procedure) /.test(object);
}

function byObject(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
}

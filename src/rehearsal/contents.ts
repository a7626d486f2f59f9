import type { Secret } from '../base/index.ts';
import type { DatabaseName } from '../contract/index.ts';
import { compareCatalogs, readDrift, type DriftDifference } from '../migrator/index.ts';
import { connect, disconnect, targetOf, type PostgresClient } from '../postgres/index.ts';

/** Rows by table, as `schema.table`. */
export type RowCounts = ReadonlyMap<string, number>;

/** Counts the rows of every table of the product, partitions within their parents. Throws `database_*`. */
export async function countRows(name: DatabaseName, url: Secret, signal: AbortSignal): Promise<RowCounts> {
  return await inDatabase(name, url, async (client) => {
    const { rows: tables } = await client.query<{ name: string; quoted: string }>(tablesSql);
    const counts = new Map<string, number>();
    for (const table of tables) {
      signal.throwIfAborted();
      const { rows } = await client.query<{ count: string }>(`select count(*) as count from ${table.quoted}`);
      counts.set(table.name, Number(rows[0]?.count));
    }
    return counts;
  });
}

const tablesSql = `
select n.nspname || '.' || c.relname as name, pg_catalog.format('%I.%I', n.nspname, c.relname) as quoted
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition
  and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'plimsoll')
order by 1`;

/** Every table that has fewer rows than before, or is gone, as sentences. Pure. */
export function lossesOf(name: DatabaseName, before: RowCounts, after: RowCounts): string[] {
  return [...before].flatMap(([table, rows]) => {
    const now = after.get(table);
    if (now === undefined) return [`${name}: ${table} is gone, it had ${count(rows)}`];
    return now < rows ? [`${name}: ${table} has ${count(now)}, it had ${rows.toLocaleString('en')}`] : [];
  });
}

function count(rows: number): string {
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`;
}

/** What the migrator would call drift right after its own run; empty for none. */
export async function readDriftAfter(name: DatabaseName, url: Secret): Promise<string[]> {
  return await inDatabase(name, url, async (client) => {
    const drift = await readDrift(client, targetOf({ name, url }));
    if (drift.status === 'drift') return drift.differences.map((one) => `${name}: ${describe(one)}`);
    return drift.status === 'none' ? [] : [`${name}: ${drift.reason}`];
  });
}

/** How the schema that came of the migrations differs from that of a fresh install of the same release, as sentences. */
export async function compareWithFresh(name: DatabaseName, migrated: Secret, fresh: Secret): Promise<string[]> {
  const [one, other] = await Promise.all([readRecorded(name, fresh), readRecorded(name, migrated)]);
  return compareCatalogs(one, other).map((difference) => `${name}: ${describe(difference)}`);
}

function describe({ change, object }: DriftDifference): string {
  return `${object} is ${{ added: 'more', removed: 'missing', changed: 'another' }[change]}`;
}

interface Recorded {
  readonly lines: readonly string[];
  readonly serverMajor: number;
}

async function readRecorded(name: DatabaseName, url: Secret): Promise<Recorded> {
  return await inDatabase(name, url, async (client) => {
    const { rows } = await client.query<Recorded>(
      `select catalog as lines, server_version_num / 10000 as "serverMajor" from plimsoll.migration_run
        where catalog is not null order by finished_at desc limit 1`,
    );
    return rows[0] ?? { lines: [], serverMajor: 0 };
  });
}

async function inDatabase<T>(
  name: DatabaseName,
  url: Secret,
  work: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const client = await connect({ name, url, applicationName: 'plimsoll-rehearsal', connectTimeoutMs: 10_000 });
  try {
    return await work(client);
  } finally {
    await disconnect(client);
  }
}

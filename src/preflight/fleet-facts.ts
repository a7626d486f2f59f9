import type { ProtocolWindow } from '../contract/index.ts';
import { readCensusOf, summariseCensus, type CensusGroup, type CensusSummary } from '../fleet/index.ts';
import type { DatabaseUnderCheck } from './context.ts';

/** The fleet as the window of a release sees it; empty in a config database from before there was a fleet. */
export async function readFleet(config: DatabaseUnderCheck, window: ProtocolWindow): Promise<CensusSummary> {
  return summariseCensus(await readGroups(config), window);
}

async function readGroups({ read }: DatabaseUnderCheck): Promise<CensusGroup[]> {
  if (!(await hasTable({ read }, 'public.scanner_census'))) return [];
  return await readCensusOf({ query: async (sql, values) => await read(sql, values) });
}

/** Jobs that wait in the queue, and leases that scanners hold, by their protocol version. */
export interface WorkInHand {
  readonly queued: number;
  readonly oldestSeconds: number;
  readonly leased: readonly { readonly protocolVersion: number; readonly count: number }[];
}

const queuedSql = `
select count(*)::integer as queued,
  coalesce(extract(epoch from clock_timestamp() - min(created_on)), 0)::double precision as "oldestSeconds"
from pgboss.job where name = 'scan-jobs' and state in ('created', 'retry')`;

const leasedSql = `
select protocol_version as "protocolVersion", count(*)::integer as count
from leases where ended_at is null group by 1 order by 1`;

/** Reads the jobs database; nothing is in hand in one from before there was a queue. */
export async function readWorkInHand(jobs: DatabaseUnderCheck): Promise<WorkInHand> {
  const isMade = (await hasTable(jobs, 'pgboss.job')) && (await hasTable(jobs, 'public.leases'));
  if (!isMade) return { queued: 0, oldestSeconds: 0, leased: [] };
  const [queue] = await jobs.read<{ queued: number; oldestSeconds: number }>(queuedSql);
  const leased = await jobs.read<{ protocolVersion: number; count: number }>(leasedSql);
  return { queued: queue?.queued ?? 0, oldestSeconds: queue?.oldestSeconds ?? 0, leased };
}

async function hasTable({ read }: Pick<DatabaseUnderCheck, 'read'>, name: string): Promise<boolean> {
  const [row] = await read<{ exists: boolean }>('select to_regclass($1) is not null as exists', [name]);
  return row?.exists === true;
}

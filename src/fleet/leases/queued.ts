import type { CensusClient, CensusSummary } from '../census/census.ts';
import { jobQueue } from './queue.ts';

/** How many queued jobs are counted at most, so that the cost stays bounded however many there are. */
const mostCounted = 10_000;

export interface QueuedCount {
  readonly total: number;
  /** There are more than were counted. */
  readonly more: boolean;
}

/**
 * Counts the jobs that wait for a scanner, those that wait for another attempt included, up to ten thousand. A jobs
 * database from before the queue holds none.
 */
export async function countQueuedJobs(client: CensusClient): Promise<QueuedCount> {
  const { rows: found } = await client.query("select 1 where to_regclass('pgboss.job') is not null");
  if (found.length === 0) return { total: 0, more: false };
  const { rows } = await client.query(
    `select count(*)::integer as queued from (
       select from pgboss.job where name = '${jobQueue}' and state in ('created', 'retry') limit ${mostCounted + 1}
     ) counted`,
  );
  const [row] = rows as { queued: number }[];
  const queued = row?.queued ?? 0;
  return { total: Math.min(queued, mostCounted), more: queued > mostCounted };
}

/**
 * Of so many queued jobs, those that no scanner is eligible for. Every protocol version carries every kind of job, so any
 * scanner inside the window that is online is eligible for each of them: it is all or none.
 */
export function countWithoutScanner(queued: number, { groups }: Pick<CensusSummary, 'groups'>): number {
  return groups.some(({ inWindow, online }) => inWindow && online > 0) ? 0 : queued;
}

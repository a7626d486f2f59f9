import type { Section } from './section.ts';

/** What is counted from one moment to another: the size, and the blocks asked for and found in memory. */
export interface Counted {
  readonly bytes: number;
  readonly hits: number;
  readonly reads: number;
  /** Another one: the counters have begun anew. */
  readonly countedSince: string;
}

/** Counters that were never reset have counted since the server started. */
const countedSql = `
select pg_database_size(datname)::double precision as bytes, blks_hit::double precision as hits, blks_read::double precision as reads,
  coalesce(stats_reset, pg_postmaster_start_time()) as since
from pg_stat_database where datname = current_database()`;

/** Read also when nobody looks: what has grown can only be told from what was. */
export const countedSection: Section<Counted> = {
  read: async (run) => {
    const [row] = await run<{ bytes: number; hits: number; reads: number; since: Date }>(countedSql);
    if (row === undefined) throw new Error('the server gave no row');
    return { bytes: row.bytes, hits: row.hits, reads: row.reads, countedSince: row.since.toISOString() };
  },
};

import type { IndexesReading, InvalidIndex } from '../../contract/index.ts';
import type { Section } from './section.ts';
import { notLockedSql } from './tables.ts';

/**
 * An index on a partitioned table is invalid until every partition has its part, and takes no room: it is left out. Who builds
 * is told to everybody, what he builds is not: the lock that a build holds on the table stands in for it.
 */
const invalidSql = `
select i.indexrelid::regclass::text as index, i.indrelid::regclass::text as table,
  case when ${notLockedSql('i.indexrelid')} then pg_relation_size(i.indexrelid)::double precision end as bytes,
  exists (select from pg_stat_progress_create_index p left join pg_locks l on l.pid = p.pid and l.relation = i.indrelid and l.granted
      and l.mode in ('ShareLock', 'ShareUpdateExclusiveLock')
    where p.datname = current_database() and (p.index_relid = i.indexrelid or l.pid is not null)) as "beingBuilt"
from pg_index i join pg_class c on c.oid = i.indexrelid
where not i.indisvalid and c.relkind = 'i' order by 1`;

/** Indexes that cost every write and serve no query. */
export const indexesSection: Section<IndexesReading> = {
  read: async (run) => ({ invalid: await run<InvalidIndex>(invalidSql) }),
};

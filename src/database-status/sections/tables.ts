import type { TableSize, TablesReading } from '../../contract/index.ts';
import type { Section } from './section.ts';

/** SQL that is true unless somebody has, or waits for, a lock on the relation behind which even asking its size would wait. */
export function notLockedSql(oid: string): string {
  return `not exists (select from pg_locks x where x.relation = ${oid} and x.locktype = 'relation' and x.mode = 'AccessExclusiveLock'
    and x.database = (select oid from pg_database where datname = current_database()))`;
}

/** A table that is locked, or has an index that is, tells the size of its last vacuum; the rest are measured. */
const sizesSql = `
with pages as (
  select c.oid, c.reltuples, c.relpages + coalesce(t.relpages, 0) as heap, coalesce(x.pages, 0) as index,
    ${notLockedSql('c.oid')} and not coalesce(x.locked, false) as measurable
  from pg_class c left join pg_class t on t.oid = c.reltoastrelid
  left join lateral (
    select sum(ic.relpages) as pages, bool_or(not ${notLockedSql('ic.oid')}) as locked
    from pg_index i join pg_class ic on ic.oid = i.indexrelid where i.indrelid = c.oid) x on true
  where c.relkind in ('r', 'm') and c.relpersistence <> 't'
    and c.relnamespace not in (select oid from pg_namespace where nspname in ('pg_catalog', 'information_schema')))
select oid::regclass::text as table, not measurable as estimated,
  case when measurable then pg_total_relation_size(oid) else (heap + index) * current_setting('block_size')::bigint end::double precision as "totalBytes",
  case when measurable then pg_indexes_size(oid) else index * current_setting('block_size')::bigint end::double precision as "indexBytes",
  case when reltuples >= 0 then reltuples::double precision end as rows
from pages order by 3 desc, 1`;

const most = 10;

/** Which tables take the room. */
export const tablesSection: Section<TablesReading> = {
  read: async (run) => {
    const tables = await run<TableSize>(sizesSql);
    return { count: tables.length, largest: tables.slice(0, most) };
  },
};

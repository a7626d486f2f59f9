import type { HorizonHolder, HorizonReading } from '../../contract/index.ts';
import { kindOf } from './kinds.ts';
import type { Section } from './section.ts';

/**
 * All five that keep dead rows: sessions of this database, prepared transactions, slots, and standbys that report what they
 * still need. Snapshots of other databases hold up none of this one's tables; vacuums hold up nobody.
 */
const holdersSql = `
select * from (
  select 'client' as kind, coalesce(nullif(application_name, ''), usename::text, 'not shown') as name, pid,
    greatest(age(backend_xmin), age(backend_xid))::double precision as age, extract(epoch from clock_timestamp() - xact_start)::double precision as seconds
  from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type not in ('autovacuum worker', 'walsender')
  union all
  select 'prepared', gid, null, age(transaction)::double precision, extract(epoch from clock_timestamp() - prepared)::double precision
  from pg_prepared_xacts where database = current_database()
  union all
  select 'slot', slot_name::text, null, greatest(age(xmin), age(catalog_xmin))::double precision, null from pg_replication_slots
  union all
  select 'standby', coalesce(nullif(application_name, ''), host(client_addr), 'not shown'), pid, age(backend_xmin)::double precision, null
  from pg_stat_replication
) h where age is not null order by age desc, seconds desc nulls last limit 10`;

/** What keeps dead rows of this database from being removed. */
export const horizonSection: Section<HorizonReading> = {
  read: async (run) => {
    const rows = await run<HorizonHolder>(holdersSql);
    return {
      holders: rows.map((row) => (row.kind === 'client' ? Object.assign(row, { kind: kindOf(row.name) }) : row)),
    };
  },
};

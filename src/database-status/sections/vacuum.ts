import type { TableRows, VacuumReading, VacuumWorker } from '../../contract/index.ts';
import type { RunSql } from '../../postgres/index.ts';
import { instant, type Section } from './section.ts';

/** The lock tells where a worker is and whether it waits; what it says of itself tells whether it will give way. */
const workersSql = `
select distinct on (a.pid) a.pid, l.relation::regclass::text as table, coalesce(a.query like '%(to prevent wraparound)%', false) as "toPreventWraparound",
  case when l.granted then '{}' else pg_blocking_pids(a.pid) end as "blockedBy",
  extract(epoch from clock_timestamp() - a.xact_start)::double precision as seconds, p.phase,
  (100.0 * p.heap_blks_scanned / nullif(p.heap_blks_total, 0))::double precision as percent
from pg_stat_activity a join pg_locks l on l.pid = a.pid and l.locktype = 'relation' and l.mode = 'ShareUpdateExclusiveLock'
join pg_class c on c.oid = l.relation and c.relkind in ('r', 'm')
left join pg_stat_progress_vacuum p on p.pid = a.pid
where a.backend_type = 'autovacuum worker' and a.datname = current_database()
order by a.pid, l.granted`;

const option = (name: string): string =>
  `(select option_value from pg_options_to_table(c.reloptions) where option_name = '${name}')`;

/**
 * Counted dead rows and the point at which autovacuum comes, with the table's own settings: no estimate of bloat, which
 * is wrong too often to act on. Source of the formula: PostgreSQL manual, "The Autovacuum Daemon".
 */
const tablesSql = `
select s.relid::regclass::text as table, s.n_live_tup::double precision as "liveRows", s.n_dead_tup::double precision as "deadRows",
  least(coalesce(${option('autovacuum_vacuum_threshold')}, current_setting('autovacuum_vacuum_threshold'))::double precision
    + coalesce(${option('autovacuum_vacuum_scale_factor')}, current_setting('autovacuum_vacuum_scale_factor'))::double precision * greatest(c.reltuples, 0),
    nullif(coalesce(${option('autovacuum_vacuum_max_threshold')}, current_setting('autovacuum_vacuum_max_threshold', true))::double precision, -1)) as "comesAt",
  s.last_vacuum as "vacuumedAt", s.last_autovacuum as "autovacuumedAt",
  exists (select from pg_stat_progress_vacuum p where p.relid = s.relid) as "beingVacuumed",
  coalesce(${option('autovacuum_enabled')}, 'true')::boolean as autovacuum
from pg_stat_user_tables s join pg_class c on c.oid = s.relid
where s.n_dead_tup > 0 order by s.n_dead_tup desc limit 10`;

/** The autovacuums at work in this database. */
export async function readVacuumWorkers(run: RunSql): Promise<VacuumWorker[]> {
  return await run<VacuumWorker>(workersSql);
}

type Row = Omit<TableRows, 'vacuumedAt' | 'autovacuumedAt'> & Record<'vacuumedAt' | 'autovacuumedAt', Date | null>;

/** Dead rows, and who clears them away. */
export const vacuumSection: Section<VacuumReading> = {
  read: async (run) => {
    const [setting] = await run<{ autovacuum: boolean }>(
      "select current_setting('autovacuum')::boolean and current_setting('track_counts')::boolean as autovacuum",
    );
    const tables = (await run<Row>(tablesSql)).map((row) =>
      Object.assign(row, { vacuumedAt: instant(row.vacuumedAt), autovacuumedAt: instant(row.autovacuumedAt) }),
    );
    return { autovacuum: setting?.autovacuum ?? true, tables, workers: await readVacuumWorkers(run) };
  },
};

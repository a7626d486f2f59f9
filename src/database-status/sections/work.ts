import type { DumpSession, IndexBuild, MigrationSession, WorkReading } from '../../contract/index.ts';
import { lockHolderSql } from '../../migrator/index.ts';
import { kindOf, migratorApplicationName } from './kinds.ts';
import { tellStatement, type Section } from './section.ts';

/** While a migrator has its lock: the session that has it, and those of its name that are at work. */
const migrationSql = `
select a.pid, coalesce(nullif(a.application_name, ''), 'no name') as application, a.state,
  extract(epoch from clock_timestamp() - a.query_start)::double precision as "statementSeconds",
  extract(epoch from clock_timestamp() - a.xact_start)::double precision as "transactionSeconds",
  left(a.query, 2000) as statement, (select coalesce(array_agg(distinct b), '{}') from unnest(pg_blocking_pids(a.pid)) b) as "blockedBy"
from pg_stat_activity a
where a.datname = current_database() and exists (${lockHolderSql})
  and (a.pid in (${lockHolderSql}) or (a.application_name = '${migratorApplicationName}' and a.state <> 'idle'))
order by a.xact_start nulls last`;

/** Blocks while tables are read, rows while the index is loaded; while it waits for others there is nothing to measure but them. */
const buildsSql = `
select p.pid, coalesce(nullif(a.application_name, ''), a.usename::text, 'not shown') as application, p.relid::regclass::text as table,
  case when p.index_relid <> 0 then p.index_relid::regclass::text end as index, p.command, p.phase,
  (100.0 * case when p.blocks_total > 0 then p.blocks_done::numeric / p.blocks_total
    when p.tuples_total > 0 then least(1, p.tuples_done::numeric / p.tuples_total)
    when p.lockers_total > 0 then p.lockers_done::numeric / p.lockers_total end)::double precision as percent,
  extract(epoch from clock_timestamp() - a.query_start)::double precision as seconds, nullif(p.current_locker_pid, 0)::integer as "waitsFor"
from pg_stat_progress_create_index p left join pg_stat_activity a on a.pid = p.pid
where p.datname = current_database() order by p.pid`;

const dumpsSql = `
select application_name as application, array_agg(pid order by pid) as pids,
  extract(epoch from clock_timestamp() - min(xact_start))::double precision as seconds
from pg_stat_activity where datname = current_database() and (xact_start is not null or state is null)
group by 1 order by 1`;

/** What is under way in this database that takes its time: a migration, index builds, dumps. */
export const workSection: Section<WorkReading> = {
  read: async (run) => ({
    migration: (await run<MigrationSession & { state: string | null }>(migrationSql)).map(tellMigration),
    indexBuilds: await run<IndexBuild>(buildsSql),
    dumps: (await run<DumpSession>(dumpsSql)).filter(({ application }) => kindOf(application) === 'dump'),
  }),
};

/** Between two statements there is none whose age would mean anything. */
function tellMigration({ state, ...session }: MigrationSession & { state: string | null }): MigrationSession {
  const isIdle = state !== null && state !== 'active';
  return {
    ...session,
    statementSeconds: isIdle ? null : session.statementSeconds,
    statement: isIdle ? null : tellStatement(session.statement),
  };
}

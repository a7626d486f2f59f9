import type { BlockingSession, LocksReading, WaitingSession } from '../../contract/index.ts';
import type { RunSql } from '../../postgres/index.ts';
import { tellStatements, type Section } from './section.ts';

/**
 * Who waits for a row waits for the transaction that has it, which belongs to no database in pg_locks: so the session tells
 * which database it is, and the row's own lock, held meanwhile, which table.
 */
const waitingSql = `
select distinct on (l.pid) l.pid, coalesce(nullif(a.application_name, ''), a.usename::text, a.backend_type, 'not shown') as application,
  coalesce(a.usename::text, '') as role, extract(epoch from clock_timestamp() - l.waitstart)::double precision as seconds,
  l.locktype as "lockType", l.mode, coalesce(l.relation, (
    select t.relation from pg_locks t where t.pid = l.pid and t.locktype = 'tuple' and t.granted limit 1))::regclass::text as table,
  (select coalesce(array_agg(distinct b), '{}') from unnest(pg_blocking_pids(l.pid)) b) as "blockedBy", left(a.query, 2000) as statement
from pg_locks l join pg_stat_activity a on a.pid = l.pid
where not l.granted and a.datname = current_database()
order by l.pid`;

const sessionsSql = `
select pid, coalesce(nullif(application_name, ''), usename::text, backend_type, 'not shown') as application, coalesce(usename::text, '') as role,
  state, extract(epoch from clock_timestamp() - xact_start)::double precision as "transactionSeconds", left(query, 2000) as statement
from pg_stat_activity where pid = any ($1) order by xact_start`;

/** Sessions of this database that wait for a lock. */
export async function readWaiting(run: RunSql): Promise<WaitingSession[]> {
  return tellStatements(await run<WaitingSession>(waitingSql));
}

/** Who waits for whom, and who stands at the head of each queue. */
export const locksSection: Section<LocksReading> = {
  read: async (run) => {
    const waiting = await readWaiting(run);
    const waits = new Set(waiting.map(({ pid }) => pid));
    const heads = [...new Set(waiting.flatMap(({ blockedBy }) => blockedBy))].filter((pid) => !waits.has(pid));
    return { waiting, heads: heads.length === 0 ? [] : await readSessions(run, heads) };
  },
};

async function readSessions(run: RunSql, pids: readonly number[]): Promise<BlockingSession[]> {
  return tellStatements(await run<BlockingSession>(sessionsSql, [pids]));
}

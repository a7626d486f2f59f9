import type { OpenTransaction, SessionsReading } from '../../contract/index.ts';
import { countText } from '../../base/index.ts';
import type { RunSql } from '../../postgres/index.ts';
import { kindOf, ownApplicationName } from './kinds.ts';
import { tellStatements, type Section } from './section.ts';

/**
 * Every transaction holds a lock on its own number, which everybody may see; since when, only who may read statistics.
 * A walsender is always active and no transaction of anybody's (paradedb/charts, pull request 195), an autovacuum never in a
 * hurry (pghero, issue 106): only clients count.
 */
const openSql = `
select a.pid, coalesce(nullif(a.application_name, ''), a.usename::text, 'a role not shown') as application,
  coalesce(a.usename::text, '') as role, host(a.client_addr) as client, a.state,
  extract(epoch from clock_timestamp() - a.xact_start)::double precision as "transactionSeconds",
  extract(epoch from clock_timestamp() - a.state_change)::double precision as "stateSeconds",
  nullif(concat_ws(': ', a.wait_event_type, a.wait_event), '') as "waitsFor", left(a.query, 2000) as statement
from pg_stat_activity a
where a.datname = current_database() and a.pid <> pg_backend_pid()
  and coalesce(a.backend_type, 'client backend') = 'client backend'
  and (a.xact_start is not null or (a.query = '<insufficient privilege>' and exists (
    select from pg_locks l where l.pid = a.pid and l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and l.granted)))
order by a.xact_start nulls last`;

const preparedSql = `
select gid, owner::text, extract(epoch from clock_timestamp() - prepared)::double precision as seconds
from pg_prepared_xacts where database = current_database() order by prepared`;

const totalSql = `
select count(*)::integer as total from pg_stat_activity
where datname = current_database() and coalesce(backend_type, 'client backend') = 'client backend' and application_name <> '${ownApplicationName}'`;

/** Clients' transactions that are open in this database, the longest first; those whose age is hidden come last. */
export async function readOpenTransactions(run: RunSql): Promise<OpenTransaction[]> {
  const rows = await run<Omit<OpenTransaction, 'kind'>>(openSql);
  return tellStatements(rows).map((row) => Object.assign(row, { kind: kindOf(row.application) }));
}

/** Transactions prepared for a two-phase commit, the oldest first. */
export async function readPrepared(run: RunSql): Promise<SessionsReading['prepared']> {
  return await run<SessionsReading['prepared'][number]>(preparedSql);
}

const mostOpen = 20;

/** Who has a transaction open, and what was prepared and left. */
export const sessionsSection: Section<SessionsReading> = {
  read: async (run) => {
    const [row] = await run<{ total: number }>(totalSql);
    const open = (await readOpenTransactions(run)).filter(({ application }) => application !== ownApplicationName);
    return { total: row?.total ?? 0, open: open.slice(0, mostOpen), prepared: await readPrepared(run) };
  },
  hidden: ({ open }) => {
    const hidden = open.filter(({ transactionSeconds }) => transactionSeconds === null).length;
    return hidden === 0
      ? null
      : `${countText(hidden, 'open transaction')} of other roles ${hidden === 1 ? 'hides its' : 'hide their'} age and statement`;
  },
};

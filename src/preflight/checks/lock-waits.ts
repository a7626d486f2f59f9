import { countText, listText } from '../../base/index.ts';
import { readWaiting } from '../../database-status/index.ts';
import { defineDatabaseCheck } from '../check.ts';

interface Held extends Record<string, unknown> {
  /** Null: a prepared transaction, which has no session. */
  readonly pid: number | null;
  readonly relation: string;
  readonly mode: string;
  readonly application: string;
}

/** Locks that keep rows from being written: no request of the manager takes one, so it is a person, a tool or a vacuum that is full. */
const heldSql = `
select l.pid, l.relation::regclass::text as relation, l.mode,
  case when l.pid is null then 'no session' else coalesce(nullif(a.application_name, ''), a.backend_type, 'not shown') end as application
from pg_locks l left join pg_stat_activity a using (pid)
join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
where l.granted and coalesce(a.application_name, '') not in ('plimsoll-preflight', 'plimsoll-migrator') and l.locktype = 'relation' and l.pid is distinct from pg_backend_pid()
  and l.database = (select oid from pg_database where datname = current_database())
  and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'm')
order by l.pid, c.relname`;

/** Nobody holds a table, and nobody waits for one. */
export const lockWaits = defineDatabaseCheck({
  code: 'lock_waits',
  title: 'Locks',
  about:
    'A table that is locked by somebody now cannot be altered now. The migrator steps back and tries again for a while (`MIGRATOR_LOCK_TIMEOUT_MS`, `MIGRATOR_LOCK_ATTEMPTS`), so a lock that passes does no harm and one that stays stops it.',
  look: async (database) => {
    // Another check of this run may wait for the same lock.
    const waiting = (await readWaiting(database.read)).filter(
      ({ application }) => application !== 'plimsoll-preflight',
    );
    const held = await database.read<Held>(heldSql);
    return { waiting, held };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'a session waits for a lock that another one holds',
      holds: ({ waiting }) => waiting.some(({ blockedBy }) => blockedBy.length > 0),
      message: ({ waiting }, { name }) =>
        `${countText(waiting.length, 'session')} in ${name} ${waiting.length === 1 ? 'waits' : 'wait'} for a lock: ${listText(waiting.map(({ pid, table, blockedBy }) => `pid ${pid} for ${table ?? 'a transaction'}, held by ${listText(blockedBy.map(holderText))}`))}`,
      remedy: ({ waiting }, { asSuperuser }) =>
        asSuperuser(terminate(waiting.flatMap(({ blockedBy }) => blockedBy.filter((pid) => pid > 0)))),
    },
    {
      status: 'warn',
      when: 'a session holds a lock that keeps a table from being written or altered',
      holds: ({ held }) => held.length > 0,
      message: ({ held }, { name }) =>
        `${countText(held.length, 'lock')} in ${name} ${held.length === 1 ? 'keeps' : 'keep'} a table from being altered: ${listText(held.map(({ pid, application, mode, relation }) => `${holderText(pid ?? 0)}${pid === null ? '' : ` (${application})`} has ${mode} on ${relation}`))}`,
      remedy: ({ held }, { asSuperuser }) => asSuperuser(terminate(held.flatMap(({ pid }) => pid ?? []))),
    },
    {
      status: 'pass',
      when: 'no session waits for a lock, and none keeps a table from being written',
      holds: () => true,
      message: (_, { name }) => `nobody in ${name} waits for a lock or holds one that keeps a table from being altered`,
    },
  ],
});

/** Postgres numbers a prepared transaction 0. */
function holderText(pid: number): string {
  return pid === 0 ? 'a prepared transaction' : `pid ${pid}`;
}

/** Nobody can end a prepared transaction this way: then the command shows them, and their own check how to end them. */
function terminate(pids: readonly number[]): string {
  const unique = [...new Set(pids)];
  if (unique.length === 0)
    return 'select gid, prepared, owner from pg_prepared_xacts where database = current_database()';
  return `select ${unique.map((pid) => `pg_terminate_backend(${pid})`).join(', ')}`;
}

import { countText, listText } from '../../base/index.ts';
import { defineDatabaseCheck } from '../check.ts';

interface Worker extends Record<string, unknown> {
  readonly pid: number;
  readonly relation: string;
  readonly waits: boolean;
  readonly wraparound: boolean;
  readonly blockers: readonly number[];
}

/** The lock tells where a worker is and whether it waits; what it says of itself tells whether it will give way. */
const workersSql = `
select distinct a.pid, l.relation::regclass::text as relation, not l.granted as waits,
  coalesce(a.query like '%(to prevent wraparound)%', false) as wraparound, pg_blocking_pids(a.pid) as blockers
from pg_stat_activity a join pg_locks l on l.pid = a.pid and l.locktype = 'relation' and l.mode = 'ShareUpdateExclusiveLock'
join pg_class c on c.oid = l.relation and c.relkind in ('r', 'm')
where a.backend_type = 'autovacuum worker' and a.datname = current_database()
order by a.pid`;

/** Autovacuum neither blocks a migration nor is blocked itself. */
export const autovacuum = defineDatabaseCheck({
  code: 'autovacuum',
  title: 'Autovacuum',
  about:
    'An autovacuum gives way to a migration that wants its table, unless it runs to prevent wraparound: that one does not, and it alone waits for a lock. One that waits shows that somebody keeps its table.',
  look: async (database) => {
    const workers = await database.read<Worker>(workersSql);
    return {
      workers,
      stubborn: workers.filter(({ wraparound }) => wraparound),
      blocked: workers.filter(({ waits }) => waits),
    };
  },
  outcomes: [
    {
      status: 'warn',
      when: 'an autovacuum waits for a lock',
      holds: ({ blocked }) => blocked.length > 0,
      message: ({ blocked }, { name }) =>
        `${countText(blocked.length, 'autovacuum')} in ${name} ${blocked.length === 1 ? 'waits' : 'wait'} for a lock: ${listText(blocked.map(({ pid, relation, blockers }) => `pid ${pid} on ${relation}, held by pid ${blockers.join(', ')}`))}`,
      remedy: ({ blocked }, { asSuperuser }) =>
        asSuperuser(
          `select pid, application_name, state, query from pg_stat_activity where pid in (${blocked.flatMap(({ blockers }) => blockers).join(', ')})`,
        ),
    },
    {
      status: 'warn',
      when: 'an autovacuum to prevent wraparound is at work: it does not give way',
      holds: ({ stubborn }) => stubborn.length > 0,
      message: ({ stubborn }, { name }) =>
        `${countText(stubborn.length, 'autovacuum')} to prevent wraparound in ${name} will not give way: ${listText(stubborn.map(({ pid, relation }) => `pid ${pid} on ${relation}`))}`,
      remedy: (_, { inPsql }) =>
        inPsql('select pid, relid::regclass, phase, heap_blks_scanned, heap_blks_total from pg_stat_progress_vacuum'),
    },
    {
      status: 'pass',
      when: 'none is at work, or those that are will give way',
      holds: () => true,
      message: ({ workers }, { name }) =>
        workers.length === 0
          ? `no autovacuum is at work in ${name}`
          : `${countText(workers.length, 'autovacuum')} at work in ${name} will give way`,
    },
  ],
});

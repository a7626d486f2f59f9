import { countText, listText } from '../../base/index.ts';
import { readVacuumWorkers } from '../../database-status/index.ts';
import { defineDatabaseCheck } from '../check.ts';

/** Autovacuum neither blocks a migration nor is blocked itself. */
export const autovacuum = defineDatabaseCheck({
  code: 'autovacuum',
  title: 'Autovacuum',
  about:
    'An autovacuum gives way to a migration that wants its table, unless it runs to prevent wraparound: that one does not, and it alone waits for a lock. One that waits shows that somebody keeps its table.',
  look: async (database) => {
    const workers = await readVacuumWorkers(database.read);
    return {
      workers,
      stubborn: workers.filter(({ toPreventWraparound }) => toPreventWraparound),
      blocked: workers.filter(({ blockedBy }) => blockedBy.length > 0),
    };
  },
  outcomes: [
    {
      status: 'warn',
      when: 'an autovacuum waits for a lock',
      holds: ({ blocked }) => blocked.length > 0,
      message: ({ blocked }, { name }) =>
        `${countText(blocked.length, 'autovacuum')} in ${name} ${blocked.length === 1 ? 'waits' : 'wait'} for a lock: ${listText(blocked.map(({ pid, table, blockedBy }) => `pid ${pid} on ${table}, held by pid ${blockedBy.join(', ')}`))}`,
      remedy: ({ blocked }, { asSuperuser }) =>
        asSuperuser(
          `select pid, application_name, state, query from pg_stat_activity where pid in (${blocked.flatMap(({ blockedBy }) => blockedBy).join(', ')})`,
        ),
    },
    {
      status: 'warn',
      when: 'an autovacuum to prevent wraparound is at work: it does not give way',
      holds: ({ stubborn }) => stubborn.length > 0,
      message: ({ stubborn }, { name }) =>
        `${countText(stubborn.length, 'autovacuum')} to prevent wraparound in ${name} will not give way: ${listText(stubborn.map(({ pid, table }) => `pid ${pid} on ${table}`))}`,
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

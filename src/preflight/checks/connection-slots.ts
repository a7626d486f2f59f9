import { countText } from '../../base/index.ts';
import { clientBackendSql, slotLimitsSql } from '../../database-status/index.ts';
import { defineDatabaseCheck } from '../check.ts';
import { isTurnedAway } from '../turned-away.ts';

/** The migrator, the watcher of its blockers and the first connections of a new manager. */
const needed = 10;

interface Slots {
  readonly used: number;
  readonly usable: number;
}

/** Reserved slots are for superusers and do not count; every client backend takes one, whatever its database. Our own are gone by then. */
const slotsSql = `
select (select count(*) from pg_stat_activity where ${clientBackendSql}
    and coalesce(application_name, '') not in ('plimsoll-preflight', 'plimsoll-migrator'))::integer as used,
  s.limit - s.reserved as usable from (${slotLimitsSql}) s`;

/** The servers have connections left for the migrator and for new managers. */
export const connectionSlots = defineDatabaseCheck<Facts>({
  code: 'connection_slots',
  title: 'Free connections',
  about:
    'During a rolling upgrade the old and the new managers are connected at the same time, and the migrator as well. A server without free connections turns them away.',
  look: async (database) => {
    try {
      const [slots] = await database.read<Slots>(slotsSql);
      if (slots === undefined) throw new Error('the server gave no row');
      return { usable: slots.usable, free: slots.usable - slots.used };
    } catch (error) {
      if (isTurnedAway(error)) return { usable: undefined, free: 0 };
      throw error;
    }
  },
  outcomes: [
    {
      status: 'fail',
      when: 'fewer than 3 connections are free, or none for this run',
      holds: ({ free }) => free < 3,
      message: (slots, { name }) => sentence(name, slots),
      remedy: (_, { onServer }) =>
        onServer('select application_name, state, count(*) from pg_stat_activity group by 1, 2'),
    },
    {
      status: 'warn',
      when: `fewer than ${needed} connections are free`,
      holds: ({ free }) => free < needed,
      message: (slots, { name }) => sentence(name, slots),
      remedy: (_, { onServer }) =>
        onServer('select application_name, state, count(*) from pg_stat_activity group by 1, 2'),
    },
    {
      status: 'pass',
      when: `${needed} or more connections are free`,
      holds: () => true,
      message: (slots, { name }) => sentence(name, slots),
    },
  ],
});

interface Facts {
  /** Undefined: it did not let us in to tell. */
  readonly usable: number | undefined;
  readonly free: number;
}

function sentence(name: string, { free, usable }: Facts): string {
  if (usable === undefined) return `the server of ${name} turned this run away: it has no connection left`;
  return `the server of ${name} has ${countText(free, 'connection')} of ${usable} free`;
}

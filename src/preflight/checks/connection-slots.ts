import { defineDatabaseCheck } from '../check.ts';
import { countText } from '../wording.ts';

/** The migrator, the watcher of its blockers and the first connections of a new manager. */
const needed = 10;

interface Slots extends Record<string, unknown> {
  readonly used: number;
  readonly usable: number;
}

/** Reserved slots are for superusers and do not count; every client backend takes one, whatever its database. Our own are gone by then. */
const slotsSql = `
select (select count(*) from pg_stat_activity where coalesce(backend_type, 'client backend') = 'client backend'
    and coalesce(application_name, '') not in ('plimsoll-preflight', 'plimsoll-migrator'))::integer as used,
  current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
    - coalesce(current_setting('reserved_connections', true)::integer, 0) as usable`;

/** The servers have connections left for the migrator and for new managers. */
export const connectionSlots = defineDatabaseCheck({
  code: 'connection_slots',
  title: 'Free connections',
  about:
    'During a rolling upgrade the old and the new managers are connected at the same time, and the migrator as well. A server without free connections turns them away.',
  look: async (database) => {
    const [slots] = await database.read<Slots>(slotsSql);
    if (slots === undefined) throw new Error('the server gave no row');
    return { ...slots, free: slots.usable - slots.used };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'fewer than 3 connections are free',
      holds: ({ free }) => free < 3,
      message: (slots, { name }) => sentence(name, slots),
      remedy: (_, { inPsql }) => inPsql('select application_name, state, count(*) from pg_stat_activity group by 1, 2'),
    },
    {
      status: 'warn',
      when: `fewer than ${needed} connections are free`,
      holds: ({ free }) => free < needed,
      message: (slots, { name }) => sentence(name, slots),
      remedy: (_, { inPsql }) => inPsql('select application_name, state, count(*) from pg_stat_activity group by 1, 2'),
    },
    {
      status: 'pass',
      when: `${needed} or more connections are free`,
      holds: () => true,
      message: (slots, { name }) => sentence(name, slots),
    },
  ],
});

function sentence(name: string, { free, usable }: Slots & { readonly free: number }): string {
  return `the server of ${name} has ${countText(free, 'connection')} of ${usable} free`;
}

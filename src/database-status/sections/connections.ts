import type { ConnectionsReading } from '../../contract/index.ts';
import type { Section } from './section.ts';

/** Slots of client connections: how many there are, and how many of them ordinary roles do not get. */
export const slotLimitsSql = `
select current_setting('max_connections')::integer as limit, current_setting('superuser_reserved_connections')::integer
  + coalesce(current_setting('reserved_connections', true)::integer, 0) as reserved`;

/** Client backends of the whole server; without the right to know, anything that has signed in counts as one. */
export const clientBackendSql = "coalesce(backend_type, 'client backend') = 'client backend' and usename is not null";

const clientsSql = `
select coalesce(nullif(application_name, ''), 'no name') as application, usename::text as role, coalesce(datname::text, '') as database,
  count(*)::integer as total, (count(*) filter (where state = 'active'))::integer as active,
  (count(*) filter (where state like 'idle in transaction%'))::integer as "idleInTransaction"
from pg_stat_activity where ${clientBackendSql}
group by 1, 2, 3 order by 4 desc, 1`;

const mostClients = 12;

/** Who is connected to the server, against how many can be. */
export const connectionsSection: Section<ConnectionsReading> = {
  read: async (run) => {
    const [limits] = await run<{ limit: number; reserved: number }>(slotLimitsSql);
    if (limits === undefined) throw new Error('the server gave no row');
    const clients = await run<ConnectionsReading['clients'][number]>(clientsSql);
    const used = clients.reduce((sum, { total }) => sum + total, 0);
    return { ...limits, used, clients: clients.slice(0, mostClients) };
  },
};

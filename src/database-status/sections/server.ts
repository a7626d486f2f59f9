import type { RightsReading, ServerReading } from '../../contract/index.ts';
import type { Section } from './section.ts';

const serverSql = `
select current_setting('server_version') as version, pg_postmaster_start_time() as started_at, pg_is_in_recovery() as in_recovery`;

/** The server itself; how fast it answers is measured by whoever connects. */
export const serverSection: Section<Omit<ServerReading, 'host' | 'connectMs' | 'roundTripMs'>> = {
  read: async (run) => {
    const [row] = await run<{ version: string; started_at: Date; in_recovery: boolean }>(serverSql);
    if (row === undefined) throw new Error('the server gave no row');
    return {
      version: row.version.split(' ')[0] ?? '',
      startedAt: row.started_at.toISOString(),
      inRecovery: row.in_recovery,
    };
  },
};

const rightsSql = `
select current_user::text as role, pg_has_role('pg_monitor', 'usage') as monitor, current_setting('is_superuser') = 'on' as superuser`;

/** What the role that asks may do. */
export const rightsSection: Section<Omit<RightsReading, 'instead'>> = {
  read: async (run) => {
    const [row] = await run<Omit<RightsReading, 'instead'>>(rightsSql);
    if (row === undefined) throw new Error('the server gave no row');
    return row;
  },
};

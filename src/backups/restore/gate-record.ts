import { AppError, type Secret } from '../../base/index.ts';
import { maintenanceKey, type Maintenance } from '../../contract/index.ts';
import { ledgerChannel } from '../../migrator/index.ts';
import { openServer, type ServerSession } from '../reload/server.ts';

/**
 * Closes the gate of every manager that reads this config database, within a second: the notification makes them read. Gives
 * why not when the database takes no record, as one that is missing or corrupt.
 */
export async function closeGate(configUrl: Secret, record: Maintenance): Promise<AppError | null> {
  return await changed(configUrl, async ({ query }) => {
    await query(
      `insert into settings (key, value, updated_by) values ($1, $2::jsonb, $3)
       on conflict (key) do update set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by`,
      [maintenanceKey, JSON.stringify(record), record.by],
    );
  });
}

/** Takes the record away: managers open by themselves if nothing else keeps them closed. */
export async function openGate(configUrl: Secret): Promise<AppError | null> {
  return await changed(configUrl, async ({ query }) => {
    await query('delete from settings where key = $1', [maintenanceKey]);
  });
}

async function changed(configUrl: Secret, work: (session: ServerSession) => Promise<void>): Promise<AppError | null> {
  try {
    await using session = await openServer('config', configUrl);
    await work(session);
    await session.query('select pg_catalog.pg_notify($1, $2)', [ledgerChannel, 'maintenance']);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

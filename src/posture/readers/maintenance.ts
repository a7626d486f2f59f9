import { maintenanceKey, maintenanceSchema, type Maintenance } from '../../contract/index.ts';
import type { PostgresClient } from '../../postgres/index.ts';
import { relationExists } from './config-records.ts';

/** The record of maintenance in the config database. One that cannot be understood counts: a newer release wrote it. */
export async function readMaintenance(client: PostgresClient): Promise<Maintenance | null> {
  if (!(await relationExists(client, 'public.settings'))) return null;
  const found = await client.query<{ value: unknown; since: Date; by: string }>(
    'select value, updated_at as since, updated_by as by from settings where key = $1',
    [maintenanceKey],
  );
  const [row] = found.rows;
  if (row === undefined) return null;
  const record = maintenanceSchema.safeParse(row.value);
  if (record.success) return record.data;
  const message = 'this deployment is under maintenance';
  return { kind: 'restore', id: '', message, since: row.since.toISOString(), by: row.by };
}

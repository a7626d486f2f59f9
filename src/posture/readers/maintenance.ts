import { maintenanceKey, maintenanceSchema, type Maintenance } from '../../contract/index.ts';

/**
 * Reads the record of maintenance in the config database; no row when there is none, nor a table for it. A block, because a
 * table that does not exist may not even be named elsewhere; its answer lives until the end of the implicit transaction.
 */
export const maintenanceSql = `
do $plimsoll$ begin
  perform pg_catalog.set_config('plimsoll.maintenance', '', true);
  if pg_catalog.to_regclass('public.settings') is not null then
    perform pg_catalog.set_config('plimsoll.maintenance', coalesce((
      select pg_catalog.json_build_object('value', value, 'since', updated_at, 'by', updated_by)
      from public.settings where key = '${maintenanceKey}')::text, ''), true);
  end if;
end $plimsoll$;
select pg_catalog.current_setting('plimsoll.maintenance') as maintenance`;

/** The record in the rows of `maintenanceSql`. One that cannot be understood counts: a newer release wrote it. */
export function toMaintenance([row]: readonly Record<string, unknown>[]): Maintenance | null {
  const text = row?.['maintenance'];
  if (typeof text !== 'string' || text === '') return null;
  const { value, since, by } = JSON.parse(text) as { value: unknown; since: string; by: string };
  const record = maintenanceSchema.safeParse(value);
  if (record.success) return record.data;
  const message = 'this deployment is under maintenance';
  return { kind: 'restore', id: '', message, since: new Date(since).toISOString(), by };
}

import type { Secret } from '../../base/index.ts';
import { openServer } from '../reload/server.ts';

/** Below every epoch that a manager can have in memory. */
const nobodysEpoch = -1;

/**
 * Makes every lease that a jobs database holds nobody's: it is moved to an epoch below all others, so that it is turned away
 * also by a manager that has not read the new epoch yet. The sweep then gives the jobs to other scanners.
 */
export async function fenceLeases(jobsUrl: Secret): Promise<void> {
  await using session = await openServer('jobs', jobsUrl);
  if (!(await hasTable(session.query, 'public.leases'))) return;
  await session.query('update public.leases set epoch = $1 where ended_at is null', [nobodysEpoch]);
}

/** Sets the epoch of leases from now on. */
export async function setEpoch(configUrl: Secret, epoch: number, by: string): Promise<void> {
  await setSetting(configUrl, 'fleet.epoch', epoch, by);
}

/** Which deployment a config database says it is of. */
export async function setDeploymentId(configUrl: Secret, id: string, by: string): Promise<void> {
  await setSetting(configUrl, 'deployment.id', id, by);
}

/** The epoch that a config database has; 0 where nobody has raised it. */
export async function readEpoch(configUrl: Secret): Promise<number> {
  await using session = await openServer('config', configUrl);
  if (!(await hasTable(session.query, 'public.settings'))) return 0;
  const [row] = await session.query<{ epoch: number }>(
    "select (value #>> '{}')::integer as epoch from public.settings where key = 'fleet.epoch'",
  );
  return row?.epoch ?? 0;
}

async function setSetting(configUrl: Secret, key: string, value: unknown, by: string): Promise<void> {
  await using session = await openServer('config', configUrl);
  if (!(await hasTable(session.query, 'public.settings'))) return;
  await session.query(
    `insert into public.settings (key, value, updated_by) values ($1, $2::jsonb, $3)
     on conflict (key) do update set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
       where settings.value <> excluded.value`,
    [key, JSON.stringify(value), by],
  );
}

async function hasTable(query: Awaited<ReturnType<typeof openServer>>['query'], table: string): Promise<boolean> {
  const [row] = await query<{ there: boolean }>('select pg_catalog.to_regclass($1) is not null as there', [table]);
  return row?.there === true;
}

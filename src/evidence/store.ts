import type { Queryable } from '../postgres/index.ts';

type Json = Readonly<Record<string, unknown>>;

const mostRuns = 50;

/** Runs of preflight recorded since a time, and the newest before it; whole, as they were recorded, newest first. */
export async function readPreflights(config: Queryable, since: Date): Promise<Json[]> {
  return await readRuns(config, 'preflight_run', since);
}

/** The same of rehearsals. */
export async function readRehearsals(config: Queryable, since: Date): Promise<Json[]> {
  return await readRuns(config, 'rehearsal', since);
}

/** Both tables are made by the first run, so that there may be none. */
async function readRuns(config: Queryable, table: 'preflight_run' | 'rehearsal', since: Date): Promise<Json[]> {
  const [found] = await config.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    `plimsoll.${table}`,
  ]);
  if (found?.exists !== true) return [];
  const rows = await config.query<{ run: Json }>(
    `select to_jsonb(r) as run from plimsoll.${table} r
     where ran_at >= coalesce((select max(ran_at) from plimsoll.${table} where ran_at < $1), $1)
     order by ran_at desc limit $2`,
    [since, mostRuns],
  );
  return rows.map(({ run }) => run);
}

/** Which deployment this is; null while config has not been migrated that far. */
export async function readDeploymentId(config: Queryable): Promise<string | null> {
  const [found] = await config.query<{ exists: boolean }>(
    `select to_regclass('public.settings') is not null as exists`,
  );
  if (found?.exists !== true) return null;
  const rows = await config.query<{ id: unknown }>(`select value as id from settings where key = 'deployment.id'`);
  return typeof rows[0]?.id === 'string' ? rows[0].id : null;
}

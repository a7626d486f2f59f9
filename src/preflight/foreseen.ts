import { z } from 'zod';
import { migrationCostSchema } from '../contract/index.ts';
import type { ReadRows } from './impact/catalogue.ts';
import type { ForeseenMigration } from './impact/past.ts';

const foreseenSchema = z.array(migrationCostSchema.pick({ database: true, version: true, name: true, effects: true }));

/** Runs further back say nothing of a machine of today. */
const mostRuns = 100;

/** What earlier runs of preflight, recorded in the config database, foresaw of the migrations that were pending then. */
export async function readForeseen(read: ReadRows): Promise<readonly ForeseenMigration[]> {
  const [record] = await read<{ exists: boolean }>(
    "select to_regclass('plimsoll.preflight_run') is not null as exists",
  );
  if (record?.exists !== true) return [];
  const rows = await read<{ ran_at: Date; migrations: unknown }>(
    `select ran_at, result -> 'migrations' as migrations from plimsoll.preflight_run
      where jsonb_array_length(coalesce(result -> 'migrations', '[]')) > 0 order by ran_at desc limit ${mostRuns}`,
  );
  return rows.flatMap(({ ran_at: ranAt, migrations }) => {
    // A run of a release that foresaw in another form teaches nothing.
    const parsed = foreseenSchema.safeParse(migrations);
    return parsed.success ? parsed.data.map((one) => Object.assign({ ranAt }, one)) : [];
  });
}

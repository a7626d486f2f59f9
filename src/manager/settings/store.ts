import type { Queryable } from '../../postgres/index.ts';

export interface KeptRow {
  readonly key: string;
  readonly value: unknown;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** What the config database keeps under `settings`, by key. */
export async function readKeptSettings(database: Queryable): Promise<KeptRow[]> {
  return await database.query<KeptRow & Record<string, unknown>>(
    `select key, value, updated_at as "updatedAt", updated_by as "updatedBy" from settings order by key`,
  );
}

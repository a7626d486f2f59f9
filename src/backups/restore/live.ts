import { AppError } from '../../base/index.ts';
import { databaseNames, type BundleManifest, type DatabaseName } from '../../contract/index.ts';
import { readLedger } from '../../migrator/index.ts';
import { openServer, type ServerSession } from '../reload/server.ts';
import type { DatabaseUrls } from '../types.ts';

/** What the database of now holds that a bundle does not, or why it could not be asked. */
export type LiveReading =
  | { readonly database: DatabaseName; readonly facts: LiveFacts }
  | { readonly database: DatabaseName; readonly error: AppError };

export interface LiveFacts {
  readonly schemaVersion: number;
  readonly lastMigratedAt: string | null;
  /** By the code of what is lost; null where it could not be counted. */
  readonly counts: Readonly<Partial<Record<LossCode, number | null>>>;
  /** Names of the scanners that would have to enrol again, at most ten. */
  readonly scannerNames: readonly string[];
  readonly epoch: number;
  /** Null for one of before deployments had names. */
  readonly deploymentId: string | null;
}

/** What a restore loses, with the database that tells and how it is counted since the snapshot ($1). */
export const losses = [
  {
    code: 'scanners_enrolled',
    database: 'config',
    label: 'scanners enrolled since, which have to enrol again',
    sql: 'select count(*) from public.scanners where enrolled_at > $1',
  },
  {
    code: 'users_created',
    database: 'config',
    label: 'users created since',
    sql: 'select count(*) from public.users where created_at > $1',
  },
  {
    code: 'leases_held',
    database: 'jobs',
    label: 'jobs that scanners hold now, whose results will be turned away',
    sql: 'select count(*) from public.leases where ended_at is null and $1::timestamptz is not null',
  },
  {
    code: 'scans_requested',
    database: 'jobs',
    label: 'scans requested since',
    sql: 'select count(*) from public.scans where created_at > $1',
  },
  {
    code: 'jobs_ended',
    database: 'jobs',
    label: 'jobs that ended since, and will be done again',
    sql: 'select count(*) from public.scan_jobs where ended_at > $1',
  },
  {
    code: 'results_recorded',
    database: 'results',
    label: 'results recorded since',
    sql: 'select count(*) from public.results where recorded_at > $1',
  },
] as const satisfies readonly { code: string; database: DatabaseName; label: string; sql: string }[];

export type LossCode = (typeof losses)[number]['code'];

/** Reads the databases of now. One that is missing, corrupt or away says so for its part and hinders nothing. */
export async function readLive(urls: DatabaseUrls, manifest: BundleManifest): Promise<LiveReading[]> {
  return await Promise.all(
    databaseNames.map(async (database): Promise<LiveReading> => {
      const since = manifest.databases.find(({ name }) => name === database)?.snapshotAt ?? manifest.createdAt;
      try {
        await using session = await openServer(database, urls[database]);
        await session.query("set statement_timeout = '15s'");
        return { database, facts: await readFacts(session, database, since) };
      } catch (error) {
        if (error instanceof AppError) return { database, error };
        throw error;
      }
    }),
  );
}

async function readFacts(session: ServerSession, database: DatabaseName, since: string): Promise<LiveFacts> {
  const { rows } = await readLedger(session.client, { name: database, label: session.label });
  const finished = rows.filter(({ finishedAt }) => finishedAt !== null);
  const last = finished.at(-1)?.finishedAt ?? null;
  const counts: Partial<Record<LossCode, number | null>> = {};
  for (const loss of losses)
    if (loss.database === database) counts[loss.code] = await countOrNull(session, loss.sql, since);
  const isConfig = database === 'config';
  return {
    schemaVersion: Math.max(0, ...finished.map(({ version }) => version)),
    lastMigratedAt: last === null ? null : last.toISOString(),
    counts,
    scannerNames: isConfig ? await readScannerNames(session, since) : [],
    epoch: isConfig ? Number((await readSetting(session, 'fleet.epoch')) ?? 0) : 0,
    deploymentId: isConfig ? await readSetting(session, 'deployment.id') : null,
  };
}

/** A table that is corrupt, or not there yet, hides no other number. */
async function countOrNull({ query }: ServerSession, sql: string, since: string): Promise<number | null> {
  return await query<{ count: string }>(sql, [since]).then(
    ([row]) => Number(row?.count),
    () => null,
  );
}

async function readScannerNames({ query }: ServerSession, since: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    'select name from public.scanners where enrolled_at > $1 order by enrolled_at, id limit 10',
    [since],
  ).catch(() => []);
  return rows.map(({ name }) => name);
}

async function readSetting({ query }: ServerSession, key: string): Promise<string | null> {
  const rows = await query<{ value: string }>("select value #>> '{}' as value from public.settings where key = $1", [
    key,
  ]).catch(() => []);
  return rows[0]?.value ?? null;
}

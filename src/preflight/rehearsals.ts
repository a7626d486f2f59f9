import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { z } from 'zod';
import { rehearsedMigrationSchema } from '../contract/index.ts';
import type { MigrationDefinition } from '../migrator/index.ts';
import { preflightError } from './errors.ts';
import type { ReadRows } from './impact/catalogue.ts';
import { keepForEverSql, makeTable, recordInConfig, type RecordTerms } from './record-session.ts';

/** The form in which rehearsals are written; one of a higher form is passed over. */
const rehearsalFormat = 1;

/** What a rehearsal showed. */
export const rehearsalResultSchema = z.object({
  /** Of all migrations together, as the databases are migrated side by side; null when one failed. */
  seconds: z.number().nullable(),
  /** Of bringing the bundle back before them. */
  restoreSeconds: z.number(),
  /** In the order in which they were applied. */
  migrations: z.array(rehearsedMigrationSchema),
  /** Why it failed; null when it passed. */
  problem: z.string().nullable(),
  /** What else is worth knowing: rows that are gone, a schema that is not that of a fresh install. */
  notes: z.array(z.string()),
  /** Major version of Postgres, by database. */
  serverMajors: z.record(z.string(), z.int()),
});
export type RehearsalResult = z.infer<typeof rehearsalResultSchema>;

/** One rehearsal of pending migrations on the data of a bundle. */
export interface Rehearsal {
  readonly id: string;
  readonly ranAt: Date;
  readonly targetVersion: string;
  readonly targetImageSha: string;
  /** Of exactly the migrations that were pending: `pendingDigestOf`. */
  readonly pendingDigest: string;
  readonly bundle: { readonly id: string; readonly createdAt: Date };
  readonly status: 'passed' | 'failed';
  readonly result: RehearsalResult;
}

export interface RecordedRehearsal extends Rehearsal {
  readonly ranBy: string;
}

/** Beside the record of preflight, and for the same reasons outside the migrations. Rehearsals are kept for ever. */
const tableSql = `
create schema if not exists plimsoll;
create table if not exists plimsoll.rehearsal (
  rehearsal_id uuid primary key,
  format_version integer not null,
  ran_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  who text not null,
  who_source text not null,
  host text not null,
  target_version text not null,
  target_image_sha text not null,
  pending_digest text not null,
  bundle_id text not null,
  bundle_created_at timestamptz not null,
  status text not null,
  result jsonb not null,
  constraint who_source_is_known check (who_source in ('operator', 'role')),
  constraint status_is_known check (status in ('passed', 'failed'))
);
create index if not exists rehearsal_by_time on plimsoll.rehearsal (ran_at desc);
${keepForEverSql('rehearsal')}`;

/** Lower-case hex SHA-256 of exactly these migrations, in the order of databases and versions. */
export function pendingDigestOf(
  migrations: readonly Pick<MigrationDefinition, 'database' | 'version' | 'checksum'>[],
): string {
  const lines = migrations.map(({ database, version, checksum }) => `${database}/${version} ${checksum}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Writes a rehearsal to the config database and gives who it was written as. Throws rehearsal_not_recorded. */
export async function recordRehearsal(rehearsal: Rehearsal, terms: RecordTerms): Promise<string> {
  return await recordInConfig(
    terms,
    async (client) => {
      await makeTable(client, "select to_regclass('plimsoll.rehearsal') is null as old", tableSql);
      const { rows } = await client.query<{ who: string }>(insertSql, valuesOf(rehearsal, terms.operator));
      return rows[0]?.who ?? '';
    },
    ({ where, hint, cause }) =>
      preflightError('rehearsal_not_recorded', {
        message: `the rehearsal could not be recorded in ${where}`,
        hint: hint ?? 'Give the role what the message asks for, then run `plimsoll migrator rehearse` again.',
        cause,
      }),
  );
}

const insertSql = `
insert into plimsoll.rehearsal (rehearsal_id, format_version, ran_at, who, who_source, host, target_version,
  target_image_sha, pending_digest, bundle_id, bundle_created_at, status, result)
values ($1, $2, $3, coalesce($4::text, session_user), case when $4::text is null then 'role' else 'operator' end,
  $5, $6, $7, $8, $9, $10, $11, $12)
returning who`;

function valuesOf(rehearsal: Rehearsal, operator: string | undefined): unknown[] {
  const { id, ranAt, targetVersion, targetImageSha, pendingDigest, bundle, status, result } = rehearsal;
  return [
    id,
    rehearsalFormat,
    ranAt,
    operator ?? null,
    hostname(),
    targetVersion,
    targetImageSha,
    pendingDigest,
    bundle.id,
    bundle.createdAt,
    status,
    JSON.stringify(result),
  ];
}

const rowSchema = z
  .object({
    rehearsal_id: z.string(),
    ran_at: z.date(),
    who: z.string(),
    target_version: z.string(),
    target_image_sha: z.string(),
    pending_digest: z.string(),
    bundle_id: z.string(),
    bundle_created_at: z.date(),
    status: z.enum(['passed', 'failed']),
    result: rehearsalResultSchema,
  })
  .transform((row): RecordedRehearsal => {
    const { rehearsal_id: id, ran_at: ranAt, who: ranBy, pending_digest: pendingDigest, status, result } = row;
    const bundle = { id: row.bundle_id, createdAt: row.bundle_created_at };
    const target = { targetVersion: row.target_version, targetImageSha: row.target_image_sha };
    return { id, ranAt, ranBy, ...target, pendingDigest, bundle, status, result };
  });

/** The newest rehearsal of exactly these migrations, and the newest of any; null without one. */
export async function readRehearsals(
  read: ReadRows,
  pendingDigest: string,
): Promise<{ readonly ofThese: RecordedRehearsal | null; readonly newest: RecordedRehearsal | null }> {
  const [record] = await read<{ exists: boolean }>("select to_regclass('plimsoll.rehearsal') is not null as exists");
  if (record?.exists !== true) return { ofThese: null, newest: null };
  const newestBy = async (condition: string, values: readonly unknown[]): Promise<RecordedRehearsal | null> => {
    const rows = await read<Record<string, unknown>>(
      `select rehearsal_id, ran_at, who, target_version, target_image_sha, pending_digest, bundle_id, bundle_created_at,
         status, result from plimsoll.rehearsal where format_version <= ${rehearsalFormat} ${condition}
        order by ran_at desc, recorded_at desc limit 1`,
      values,
    );
    return rowSchema.safeParse(rows[0]).data ?? null;
  };
  const [ofThese, newest] = await Promise.all([newestBy('and pending_digest = $1', [pendingDigest]), newestBy('', [])]);
  return { ofThese, newest };
}

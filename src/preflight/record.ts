import type { PreflightRun } from '../contract/index.ts';
import { ledgerChannel } from '../migrator/index.ts';
import type { PostgresClient } from '../postgres/index.ts';
import { preflightError } from './errors.ts';
import { keepForEverSql, makeTable, recordInConfig, type RecordTerms } from './record-session.ts';
import type { PreflightReport } from './run.ts';

/** The form in which runs are written; a reader refuses a higher one. */
export const recordFormat = 1;

/**
 * Makes the record's table where it is missing, and what a table of an earlier release lacks. It lives beside the ledger, outside the migrations: preflight judges a release
 * from its own image, before any of its migrations has run. Runs are kept for ever, and every role may read them.
 */
const recordSchemaSql = `
create schema if not exists plimsoll;
create table if not exists plimsoll.preflight_run (
  run_id uuid primary key,
  format_version integer not null,
  ran_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  who text not null,
  who_source text not null,
  host text not null,
  target_version text not null,
  target_image_sha text not null,
  status text not null,
  strict boolean not null,
  manifest jsonb not null,
  fingerprint jsonb not null,
  result jsonb not null,
  recorded_by text,
  constraint who_source_is_known check (who_source in ('operator', 'role')),
  constraint status_is_known check (status in ('pass', 'warn', 'fail'))
);
alter table plimsoll.preflight_run add column if not exists recorded_by text;
create index if not exists preflight_run_by_time on plimsoll.preflight_run (ran_at desc);
${keepForEverSql('preflight_run')}`;

/** Who ran the checks, when that is somebody else than who records them. */
export type Runner = Pick<PreflightRun, 'ranBy' | 'ranBySource'>;

/** A run as it stands in the config database. */
export interface Recorded extends Pick<PreflightRun, 'ranBy' | 'ranBySource' | 'host' | 'recordedAt' | 'recordedBy'> {
  /** False: it had been recorded before, and was left as it was. */
  readonly isNew: boolean;
}

/** Writes a run to the config database; a second time changes nothing. Throws preflight_not_recorded. */
export async function recordPreflight(report: PreflightReport, terms: RecordTerms, runner?: Runner): Promise<Recorded> {
  return await recordInConfig(
    terms,
    async (client) => await write(client, report, { operator: terms.operator, runner }),
    ({ where, hint, cause }) =>
      preflightError('preflight_not_recorded', {
        message: `the run could not be recorded in ${where}`,
        hint: hint ?? 'Give the role what the message asks for, then run `plimsoll migrator preflight` again.',
        cause,
      }),
  );
}

/** A table that is missing, or that an earlier release made. */
const isOldSql = `
select not exists (select from pg_attribute where attrelid = to_regclass('plimsoll.preflight_run')
  and attname = 'recorded_by') as old`;

const insertSql = `
insert into plimsoll.preflight_run (run_id, format_version, ran_at, who, who_source, host, target_version,
  target_image_sha, status, strict, manifest, fingerprint, result, recorded_by)
values ($1, $2, $3, coalesce($4, session_user), $5, $6, $7, $8, $9, $10, $11, $12, $13, coalesce($14, session_user))
on conflict (run_id) do nothing`;

const recordedSql = `
select who, who_source, host, recorded_at, coalesce(recorded_by, who) as recorded_by
from plimsoll.preflight_run where run_id = $1`;

async function write(
  client: PostgresClient,
  report: PreflightReport,
  { operator, runner }: Pick<RecordTerms, 'operator'> & { readonly runner: Runner | undefined },
): Promise<Recorded> {
  await makeTable(client, isOldSql, recordSchemaSql);
  const inserted = await client.query(insertSql, [
    report.id,
    recordFormat,
    report.ranAt,
    runner?.ranBy ?? operator ?? null,
    runner?.ranBySource ?? (operator === undefined ? 'role' : 'operator'),
    report.host,
    report.targetVersion,
    report.targetImageSha,
    report.status,
    report.strict,
    JSON.stringify(report.manifest),
    JSON.stringify(report.fingerprint),
    JSON.stringify(resultOf(report)),
    operator ?? null,
  ]);
  const found = await client.query<RecordedRow>(recordedSql, [report.id]);
  await client.query(`select pg_notify('${ledgerChannel}', 'config')`);
  return toRecorded(found.rows[0], inserted.rowCount === 1);
}

interface RecordedRow {
  readonly who: string;
  readonly who_source: PreflightRun['ranBySource'];
  readonly host: string;
  readonly recorded_at: Date;
  readonly recorded_by: string;
}

function toRecorded(row: RecordedRow | undefined, isNew: boolean): Recorded {
  if (row === undefined) throw new Error('a run that was just recorded is not there');
  const { who: ranBy, who_source: ranBySource, host, recorded_at, recorded_by: recordedBy } = row;
  return { ranBy, ranBySource, host, recordedAt: recorded_at.toISOString(), recordedBy, isNew };
}

function resultOf({ counts, checks, migrations, acknowledgement, rehearsal }: PreflightReport) {
  return { counts, checks, migrations, acknowledgement, rehearsal };
}

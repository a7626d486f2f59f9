import { hostname } from 'node:os';
import { ledgerChannel } from '../migrator/index.ts';
import type { PostgresClient } from '../postgres/index.ts';
import { preflightError } from './errors.ts';
import { makeTable, recordInConfig, type RecordTerms } from './record-session.ts';
import type { PreflightReport } from './run.ts';

/** The form in which runs are written; a reader refuses a higher one. */
export const recordFormat = 1;

/**
 * Makes the record's table where it is missing. It lives beside the ledger, outside the migrations: preflight judges a release
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
  constraint who_source_is_known check (who_source in ('operator', 'role')),
  constraint status_is_known check (status in ('pass', 'warn', 'fail'))
);
create index if not exists preflight_run_by_time on plimsoll.preflight_run (ran_at desc);

create or replace function plimsoll.keep_preflight_runs() returns trigger language plpgsql as $body$
begin
  raise exception 'plimsoll.% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege';
end
$body$;
create or replace trigger preflight_run_keeps_rows before update or delete or truncate on plimsoll.preflight_run
for each statement execute function plimsoll.keep_preflight_runs();

grant usage on schema plimsoll to public;
grant select on plimsoll.preflight_run to public;`;

/** Writes a run to the config database and gives who it was written as. Throws preflight_not_recorded. */
export async function recordPreflight(report: PreflightReport, terms: RecordTerms): Promise<string> {
  return await recordInConfig(
    terms,
    async (client) => await write(client, report, terms.operator),
    ({ where, hint, cause }) =>
      preflightError('preflight_not_recorded', {
        message: `the run could not be recorded in ${where}`,
        hint: hint ?? 'Give the role what the message asks for, then run `plimsoll migrator preflight` again.',
        cause,
      }),
  );
}

async function write(client: PostgresClient, report: PreflightReport, operator: string | undefined): Promise<string> {
  await makeTable(client, 'plimsoll.preflight_run', recordSchemaSql);
  const inserted = await client.query<{ who: string }>(
    `insert into plimsoll.preflight_run (run_id, format_version, ran_at, who, who_source, host, target_version,
       target_image_sha, status, strict, manifest, fingerprint, result)
     values ($1, $2, $3, coalesce($4::text, session_user), case when $4::text is null then 'role' else 'operator' end,
       $5, $6, $7, $8, $9, $10, $11, $12)
     returning who`,
    [
      report.id,
      recordFormat,
      report.ranAt,
      operator ?? null,
      hostname(),
      report.targetVersion,
      report.targetImageSha,
      report.status,
      report.strict,
      JSON.stringify(report.manifest),
      JSON.stringify(report.fingerprint),
      JSON.stringify(resultOf(report)),
    ],
  );
  await client.query(`select pg_notify('${ledgerChannel}', 'config')`);
  return inserted.rows[0]?.who ?? '';
}

function resultOf({ counts, checks, migrations, rehearsal }: PreflightReport) {
  return { counts, checks, migrations, rehearsal };
}

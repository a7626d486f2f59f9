/** Lets every role read the ledger. */
export const ledgerGrantsSql =
  'grant usage on schema plimsoll to public; grant select on plimsoll.schema_migration, plimsoll.migration_run to public;';

/** SQL that is true unless somebody has taken from the public what `ledgerGrantsSql` gives. */
export const ledgerReadableSql = `coalesce(
  pg_catalog.has_schema_privilege('public', pg_catalog.to_regnamespace('plimsoll'), 'usage')
  and pg_catalog.has_table_privilege('public', pg_catalog.to_regclass('plimsoll.schema_migration'), 'select')
  and pg_catalog.has_table_privilege('public', pg_catalog.to_regclass('plimsoll.migration_run'), 'select'), true)`;

/**
 * Creates the ledger where it is missing; run under the migrator's lock, in one transaction. Rows are kept for ever:
 * triggers let an open row be finished and refuse everything else. Every role may read it, so that the manager can.
 */
export const ledgerSchemaSql = `
create schema if not exists plimsoll;

create table if not exists plimsoll.schema_migration (
  version integer primary key,
  name text not null,
  checksum text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  applied_by text not null,
  applied_by_source text not null default 'role',
  app_version text not null,
  image_sha text not null,
  run_id uuid not null,
  oldest_compatible integer not null,
  constraint version_is_positive check (version > 0),
  constraint checksum_is_sha256 check (checksum ~ '^[0-9a-f]{64}$'),
  constraint finished_after_started check (finished_at >= started_at),
  constraint applied_by_source_is_known check (applied_by_source in ('operator', 'role'))
);

create table if not exists plimsoll.migration_run (
  run_id uuid primary key,
  kind text not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  who text not null,
  who_source text not null,
  host text not null,
  app_version text not null,
  image_sha text not null,
  outcome text,
  note text,
  schema_version integer,
  server_version_num integer not null default current_setting('server_version_num')::integer,
  fingerprint text,
  catalog text[],
  constraint kind_is_known check (kind in ('migrate', 'repair')),
  constraint who_source_is_known check (who_source in ('operator', 'role')),
  constraint outcome_is_known check (outcome in ('done', 'failed')),
  constraint finished_with_outcome check ((finished_at is null) = (outcome is null)),
  constraint fingerprint_with_catalog check ((fingerprint is null) = (catalog is null))
);

create or replace function plimsoll.refuse_change() returns trigger language plpgsql as $body$
begin
  raise exception 'plimsoll.% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege';
end
$body$;

create or replace function plimsoll.allow_only_finishing() returns trigger language plpgsql as $body$
declare
  finishing text[] := array['finished_at', 'checksum', 'outcome', 'note', 'schema_version', 'fingerprint', 'catalog'];
begin
  if old.finished_at is null and new.finished_at is not null and to_jsonb(new) - finishing = to_jsonb(old) - finishing then
    return new;
  end if;
  raise exception 'plimsoll.% is append-only: an update may only finish an open row', tg_table_name
    using errcode = 'insufficient_privilege';
end
$body$;

create or replace trigger schema_migration_keeps_rows before delete or truncate on plimsoll.schema_migration
for each statement execute function plimsoll.refuse_change();
create or replace trigger schema_migration_keeps_values before update on plimsoll.schema_migration
for each row execute function plimsoll.allow_only_finishing();
create or replace trigger migration_run_keeps_rows before delete or truncate on plimsoll.migration_run
for each statement execute function plimsoll.refuse_change();
create or replace trigger migration_run_keeps_values before update on plimsoll.migration_run
for each row execute function plimsoll.allow_only_finishing();

${ledgerGrantsSql}
`;

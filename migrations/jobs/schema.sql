-- The whole jobs schema after all migrations: for reading, and for a test that holds the migrations against it.
-- Never run by the migrator.
create table scans (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  requested_by text not null,
  created_at timestamptz not null default now(),
  constraint name_is_not_blank check (btrim(name) <> '')
);

create index scans_by_time on scans (created_at desc);

-- Scans that somebody asked for; the queue of their jobs arrives with the fleet.
create table scans (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  requested_by text not null,
  created_at timestamptz not null default now(),
  constraint name_is_not_blank check (btrim(name) <> '')
);

create index scans_by_time on scans (created_at desc);

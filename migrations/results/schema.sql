-- The whole results schema after all migrations: for reading, and for a test that holds the migrations against it.
-- Never run by the migrator.
create table targets (
  id uuid primary key default gen_random_uuid(),
  address text not null,
  created_at timestamptz not null default now(),
  constraint address_is_not_blank check (btrim(address) <> ''),
  constraint address_is_unique unique (address)
);

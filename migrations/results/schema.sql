-- The whole results schema after all migrations: for reading, and for a test that holds the migrations against it.
-- Never run by the migrator.
create table targets (
  id uuid primary key default gen_random_uuid(),
  address text not null,
  created_at timestamptz not null default now(),
  constraint address_is_not_blank check (btrim(address) <> ''),
  constraint address_is_unique unique (address)
);

-- How jobs were finished, once each: a lease reports once, and of all leases a job ever had one may. Jobs, scans and
-- scanners are in other databases: their ids point there.
create table results (
  lease_id uuid primary key,
  job_id uuid not null,
  scan_id uuid not null,
  scanner_id uuid not null,
  target_id uuid not null,
  kind text not null,
  attempt integer not null,
  duration_ms double precision,
  recorded_at timestamptz not null default now(),
  constraint job_has_one_result unique (job_id),
  constraint kind_is_known check (kind in ('tcp', 'tls', 'http')),
  constraint result_of_a_target foreign key (target_id) references targets (id)
);

create index results_by_scan on results (scan_id, recorded_at desc);
create index results_by_target on results (target_id, recorded_at desc);

-- What was found. Partial findings arrive before the result of their lease; they count once that is there.
create table findings (
  lease_id uuid not null,
  -- -1 for what came with the result itself; 0, 1, 2 … for partial results before it.
  sequence integer not null,
  ordinal integer not null,
  job_id uuid not null,
  kind text not null,
  finding jsonb not null,
  -- When the certificate at the head of the chain expires; null for findings without one.
  certificate_expires_at timestamptz,
  found_at timestamptz not null default now(),
  constraint findings_pkey primary key (lease_id, sequence, ordinal),
  constraint kind_is_known check (kind in ('tcp', 'tls', 'http'))
);

create index findings_by_job on findings (job_id);
create index findings_by_expiry on findings (certificate_expires_at) where certificate_expires_at is not null;

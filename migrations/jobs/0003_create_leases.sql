-- The jobs of a scan: what was asked, and how it ended. In between, the queue and the leases know where a job is.
create table scan_jobs (
  -- Also the id of the job in the queue.
  id uuid primary key,
  scan_id uuid not null,
  kind text not null,
  host text not null,
  port integer not null,
  created_at timestamptz not null default now(),
  outcome text,
  ended_at timestamptz,
  attempts integer,
  error jsonb,
  constraint kind_is_known check (kind in ('tcp', 'tls', 'http')),
  constraint port_is_a_port check (port between 1 and 65535),
  constraint outcome_is_known check (outcome in ('done', 'failed', 'cancelled')),
  constraint ended_with_outcome check ((outcome is null) = (ended_at is null)),
  constraint scan_job_of_a_scan foreign key (scan_id) references scans (id)
);

create index scan_jobs_by_scan on scan_jobs (scan_id, id);

-- Who may do a job, and until when. Scanners and credentials are in another database: scanner_id points there.
create table leases (
  lease_id uuid primary key,
  job_id uuid not null,
  scanner_id uuid not null,
  attempt integer not null,
  -- Raised by a restore: a lease of an older epoch is nobody's.
  epoch integer not null,
  protocol_version integer not null,
  leased_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  outcome text,
  constraint attempt_is_positive check (attempt > 0),
  constraint outcome_is_known check (outcome in ('done', 'failed', 'refused', 'cancelled', 'expired', 'returned')),
  constraint ended_with_outcome check ((outcome is null) = (ended_at is null))
);

-- What makes it impossible to hand out a job twice, whatever managers do at the same time.
create unique index leases_one_alive_a_job on leases (job_id) where ended_at is null;
create index leases_by_expiry on leases (expires_at) where ended_at is null;
create index leases_alive_by_scanner on leases (scanner_id) where ended_at is null;
create index leases_refused_by_job on leases (job_id) where outcome = 'refused';
create index leases_by_end on leases (ended_at) where ended_at is not null;

-- Creating a queue adds rows and no tables as long as it is not partitioned, so the manager's role can work them.
-- Leases, renewed by heartbeats, decide when a job is lost; the queue's own limit is far behind them.
select pgboss.create_queue('scan-jobs-dead', '{"policy": "standard", "retentionSeconds": 315360000}');
select pgboss.create_queue(
  'scan-jobs',
  '{"policy": "standard", "retryLimit": 4, "retryDelay": 5, "retryBackoff": true, "retryDelayMax": 300,
    "expireInSeconds": 86399, "retentionSeconds": 315360000, "deleteAfterSeconds": 86400, "deadLetter": "scan-jobs-dead"}'
);
select pgboss.create_queue('scan-schedules', '{"policy": "standard", "retryLimit": 10, "retryDelay": 5, "retryBackoff": true}');

-- Scans that come again by cron. What is due is read from `next_at`; whoever holds the row decides about that occurrence.
create table scan_schedules (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  cron text not null,
  -- An IANA name: `cron` is read by the clock on its walls.
  time_zone text not null,
  targets jsonb not null,
  kinds text[] not null,
  priority integer not null,
  timeout_ms integer not null,
  made_by text not null,
  made_at timestamptz not null default now(),
  changed_by text not null,
  changed_at timestamptz not null default now(),
  -- Null while it is paused.
  next_at timestamptz,
  constraint name_is_not_blank check (btrim(name) <> ''),
  constraint targets_are_listed check (jsonb_typeof(targets) = 'array' and jsonb_array_length(targets) > 0),
  constraint kinds_are_known check (kinds <> '{}' and kinds <@ array['tcp', 'tls', 'http'])
);

create index scan_schedules_by_next on scan_schedules (next_at) where next_at is not null;

-- A scan outlives the schedule that asked for it.
alter table scans add column schedule_id uuid;
alter table scans add column due_at timestamptz;
alter table scans add constraint scan_of_a_schedule foreign key (schedule_id) references scan_schedules (id) on delete set null;
create index scans_by_schedule on scans (schedule_id, created_at desc) where schedule_id is not null;

-- What became of each occurrence. The key is what makes it impossible to fire one twice, whatever managers do at the same time.
create table scan_firings (
  schedule_id uuid not null,
  due_at timestamptz not null,
  decided_at timestamptz not null default now(),
  outcome text not null,
  -- Of a skipped one: why.
  reason text,
  -- The scan that was made, or the one that still ran and was the reason to skip.
  scan_id uuid,
  -- Occurrences before this one that went by while nobody could fire them.
  missed integer not null default 0,
  constraint scan_firings_pkey primary key (schedule_id, due_at),
  constraint firing_of_a_schedule foreign key (schedule_id) references scan_schedules (id) on delete cascade,
  constraint firing_made_a_scan foreign key (scan_id) references scans (id) on delete set null,
  constraint outcome_is_known check (outcome in ('fired', 'caught_up', 'skipped')),
  constraint reason_is_known check (reason in ('still_running', 'unreadable')),
  constraint skipped_with_reason check ((outcome = 'skipped') = (reason is not null)),
  constraint missed_is_counted check (missed >= 0)
);

create index scan_firings_by_scan on scan_firings (scan_id) where scan_id is not null;

-- Made for schedules before they had tables, and never used.
select pgboss.delete_queue('scan-schedules');

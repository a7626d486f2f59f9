-- plimsoll: oldest-compatible=7
-- Who is told of trouble, and was: what was last said about each thing, what is to be said, and by which way it has gone out.
create table notification_subjects (
  key text primary key,
  value text not null,
  since timestamptz not null,
  announced_at timestamptz not null,
  message_id text not null,
  turns integer not null default 0,
  constraint turns_are_counted check (turns >= 0)
);

create table notifications (
  id text primary key,
  created_at timestamptz not null,
  content jsonb not null
);

create index notifications_by_time on notifications (created_at);

create table notification_deliveries (
  notification_id text not null references notifications (id) on delete cascade,
  channel text not null,
  attempts integer not null default 0,
  next_try_at timestamptz not null,
  delivered_at timestamptz,
  given_up_at timestamptz,
  last_error text,
  primary key (notification_id, channel),
  constraint channel_is_known check (channel in ('webhook', 'email')),
  constraint attempts_are_counted check (attempts >= 0),
  constraint ends_in_one_way check (delivered_at is null or given_up_at is null)
);

create index notification_deliveries_due on notification_deliveries (next_try_at)
where delivered_at is null and given_up_at is null;

-- The one manager that speaks: a lease in one row, prolonged while it lives.
create table notification_speaker (
  only_one boolean primary key default true,
  holder uuid not null,
  until timestamptz not null,
  constraint is_one_row check (only_one)
);

-- The whole config schema after all migrations: for reading, and for a test that holds the migrations against it.
-- Never run by the migrator.
create table users (
  id uuid primary key default gen_random_uuid(),
  username text not null,
  password_hash text not null,
  role text not null,
  session_epoch integer not null default 1,
  created_at timestamptz not null default now(),
  password_changed_at timestamptz not null default now(),
  disabled_at timestamptz,
  constraint username_is_not_blank check (username ~ '^[^[:space:]].{0,198}[^[:space:]]$' or username ~ '^[^[:space:]]$'),
  constraint role_is_known check (role in ('admin', 'auditor', 'user'))
);

create unique index users_username_is_unique on users (lower(username));

create table api_tokens (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  token_hash bytea not null,
  role text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  constraint name_is_not_blank check (btrim(name) <> ''),
  constraint role_is_known check (role in ('admin', 'auditor', 'user')),
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint token_hash_is_unique unique (token_hash)
);

create unique index api_tokens_live_name_is_unique on api_tokens (name) where revoked_at is null;

create table settings (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by text not null,
  constraint key_is_dotted_name check (key ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$')
);

create table audit_events (
  id bigint generated always as identity primary key,
  happened_at timestamptz not null default now(),
  actor text not null,
  actor_method text not null,
  action text not null,
  subject text,
  details jsonb not null default '{}',
  request_id text,
  constraint action_is_dotted_name check (action ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$')
);

create index audit_events_by_time on audit_events (happened_at desc, id desc);

create function refuse_audit_change() returns trigger
language plpgsql as $$
begin
  raise exception 'audit_events is append-only' using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_events_is_append_only
before update or delete on audit_events
for each row execute function refuse_audit_change();

create trigger audit_events_is_never_truncated
before truncate on audit_events
for each statement execute function refuse_audit_change();

-- What lets a scanner enrol. Only the SHA-256 of a token is kept; the token itself is shown once, when it is made.
create table enrolment_tokens (
  id uuid primary key default gen_random_uuid(),
  note text not null default '',
  token_hash bytea not null,
  made_by text not null,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null,
  max_uses integer not null,
  uses integer not null default 0,
  revoked_at timestamptz,
  constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint token_hash_of_enrolment_is_unique unique (token_hash),
  constraint max_uses_is_positive check (max_uses > 0),
  constraint uses_within_bounds check (uses between 0 and max_uses)
);

-- The fleet, and its census. A scanner has one credential; during a rotation the next one is valid beside it until first used.
create table scanners (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  enrolled_with uuid not null,
  enrolled_at timestamptz not null default now(),
  credential_hash bytea not null,
  next_credential_hash bytea,
  rotation_requested_at timestamptz,
  binary_version text not null,
  protocol_version integer not null,
  state text not null default 'offline',
  last_seen_at timestamptz,
  -- When `state` lapses unless another heartbeat comes: online becomes late, late becomes offline.
  lapses_at timestamptz,
  instance_id text,
  previous_instance_id text,
  clone_suspected_at timestamptz,
  refused_since timestamptz,
  refused_count bigint not null default 0,
  revoked_at timestamptz,
  revoked_by text,
  constraint name_is_not_blank check (btrim(name) <> ''),
  constraint protocol_version_is_positive check (protocol_version > 0),
  constraint state_is_known check (state in ('online', 'late', 'offline', 'revoked')),
  constraint revoked_has_its_state check ((state = 'revoked') = (revoked_at is not null)),
  constraint credential_hash_is_sha256 check (octet_length(credential_hash) = 32),
  constraint next_credential_hash_is_sha256 check (octet_length(next_credential_hash) = 32),
  constraint credential_hash_is_unique unique (credential_hash),
  constraint next_credential_hash_is_unique unique (next_credential_hash),
  constraint enrolled_with_a_token foreign key (enrolled_with) references enrolment_tokens (id)
);

create index scanners_by_token on scanners (enrolled_with);
create index scanners_by_lapse on scanners (lapses_at) where state in ('online', 'late');
create index scanners_by_group on scanners (protocol_version, binary_version, id);

-- Scanners counted by group, so that reading the counts costs the same for ten scanners and for a million.
-- Revoked scanners are not counted.
create table scanner_census (
  binary_version text not null,
  protocol_version integer not null,
  registered integer not null,
  online integer not null,
  constraint scanner_census_pkey primary key (binary_version, protocol_version),
  constraint counts_are_sane check (online between 0 and registered)
);

-- Adds deltas to the groups. All groups are locked in one order first: two managers never wait for each other in a circle.
create function apply_scanner_census(deltas jsonb) returns void
language plpgsql as $$
begin
  insert into scanner_census (binary_version, protocol_version, registered, online)
  select d.binary_version, d.protocol_version, 0, 0
  from jsonb_to_recordset(deltas) as d (binary_version text, protocol_version integer)
  order by d.binary_version, d.protocol_version
  on conflict do nothing;

  perform from scanner_census c
  join jsonb_to_recordset(deltas) as d (binary_version text, protocol_version integer)
    on d.binary_version = c.binary_version and d.protocol_version = c.protocol_version
  order by c.binary_version, c.protocol_version
  for update of c;

  update scanner_census c
  set registered = c.registered + d.registered, online = c.online + d.online
  from jsonb_to_recordset(deltas) as d (binary_version text, protocol_version integer, registered integer, online integer)
  where d.binary_version = c.binary_version and d.protocol_version = c.protocol_version;
end
$$;

-- Whatever statement touches scanners moves the counts with it, set-wise and in its own transaction: they cannot come apart.
create function count_scanners_that_came() returns trigger
language plpgsql as $$
declare
  deltas jsonb;
begin
  select jsonb_agg(to_jsonb(d)) into deltas from (
    select binary_version, protocol_version, count(*) as registered, count(*) filter (where state = 'online') as online
    from came where state <> 'revoked'
    group by binary_version, protocol_version
  ) d;
  if deltas is not null then
    perform apply_scanner_census(deltas);
  end if;
  return null;
end
$$;

create function count_scanners_that_changed() returns trigger
language plpgsql as $$
declare
  deltas jsonb;
begin
  select jsonb_agg(to_jsonb(d)) into deltas from (
    select binary_version, protocol_version, sum(registered) as registered, sum(online) as online
    from (
      select binary_version, protocol_version, 1 as registered, (state = 'online')::integer as online
      from came where state <> 'revoked'
      union all
      select binary_version, protocol_version, -1, -(state = 'online')::integer
      from went where state <> 'revoked'
    ) moves
    group by binary_version, protocol_version
    having sum(registered) <> 0 or sum(online) <> 0
  ) d;
  if deltas is not null then
    perform apply_scanner_census(deltas);
  end if;
  return null;
end
$$;

create function count_scanners_that_went() returns trigger
language plpgsql as $$
declare
  deltas jsonb;
begin
  select jsonb_agg(to_jsonb(d)) into deltas from (
    select binary_version, protocol_version, -count(*) as registered, -count(*) filter (where state = 'online') as online
    from went where state <> 'revoked'
    group by binary_version, protocol_version
  ) d;
  if deltas is not null then
    perform apply_scanner_census(deltas);
  end if;
  return null;
end
$$;

create trigger scanners_counted_on_insert after insert on scanners
referencing new table as came for each statement execute function count_scanners_that_came();

create trigger scanners_counted_on_update after update on scanners
referencing old table as went new table as came for each statement execute function count_scanners_that_changed();

create trigger scanners_counted_on_delete after delete on scanners
referencing old table as went for each statement execute function count_scanners_that_went();

-- What this deployment looked like, whenever that changed, and what was deployed when and by whom.
-- Append-only: the trigger refuses to change or remove a row.
create table posture_changes (
  id uuid primary key,
  kind text not null,
  happened_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  late boolean not null default false,
  host text not null,
  app_version text not null,
  image_sha text not null,
  who text,
  verdict text,
  headline text not null,
  changes jsonb not null default '[]',
  format_version integer not null default 1,
  posture jsonb,
  constraint kind_is_known check (kind in ('posture', 'deployment')),
  constraint verdict_is_known check (verdict in ('ok', 'ready', 'attention', 'stopped', 'unknown')),
  constraint posture_is_whole check (kind <> 'posture' or (posture is not null and verdict is not null)),
  constraint deployment_names_somebody check (kind <> 'deployment' or who is not null)
);

create index posture_changes_by_time on posture_changes (happened_at desc, id desc);
create index posture_changes_by_build on posture_changes (app_version, image_sha, happened_at desc);

create function refuse_posture_change() returns trigger
language plpgsql as $$
begin
  raise exception 'posture_changes is append-only' using errcode = 'insufficient_privilege';
end
$$;

create trigger posture_changes_is_append_only
before update or delete on posture_changes
for each row execute function refuse_posture_change();

create trigger posture_changes_is_never_truncated
before truncate on posture_changes
for each statement execute function refuse_posture_change();

-- From when to when each manager watched: what lies between two watches was seen by nobody. A watch is only ever prolonged.
create table posture_watches (
  id uuid primary key,
  host text not null,
  app_version text not null,
  image_sha text not null,
  begun_at timestamptz not null,
  seen_at timestamptz not null,
  begun_because text not null,
  constraint watch_ends_after_it_begins check (seen_at >= begun_at),
  constraint begun_because_is_known check (begun_because in ('started', 'restored', 'overflowed'))
);

create index posture_watches_by_time on posture_watches (seen_at desc);

create function prolong_watches_only() returns trigger
language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.seen_at >= old.seen_at
     and (new.id, new.host, new.app_version, new.image_sha, new.begun_at, new.begun_because)
       = (old.id, old.host, old.app_version, old.image_sha, old.begun_at, old.begun_because) then
    return new;
  end if;
  raise exception 'posture_watches is append-only: a watch can only be prolonged' using errcode = 'insufficient_privilege';
end
$$;

create trigger posture_watches_are_only_prolonged
before update or delete on posture_watches
for each row execute function prolong_watches_only();

create trigger posture_watches_is_never_truncated
before truncate on posture_watches
for each statement execute function refuse_posture_change();

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

create table user_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users (id),
  linked_at timestamptz not null default now(),
  last_sign_in_at timestamptz not null default now(),
  primary key (issuer, subject)
);

create index user_identities_by_user on user_identities (user_id);

alter table audit_events add constraint actor_method_is_known
  check (actor_method in ('password', 'oidc', 'token', 'recovery', 'command', 'system')) not valid;

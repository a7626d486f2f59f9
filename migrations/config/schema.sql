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
  constraint actor_method_is_known check (actor_method in ('password', 'token', 'recovery', 'command', 'system')),
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

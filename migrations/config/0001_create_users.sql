-- People who may sign in. Sessions are encrypted cookies and have no table: `session_epoch` is what ends them all at once.
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

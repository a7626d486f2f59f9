-- What an administrator sets from the pages, as opposed to the environment of a process.
create table settings (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by text not null,
  constraint key_is_dotted_name check (key ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$')
);

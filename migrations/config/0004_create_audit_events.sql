-- Who did what, for the auditor who asks a year later. Append-only: the trigger refuses to change or remove a row.
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

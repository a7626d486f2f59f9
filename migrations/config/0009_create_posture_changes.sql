-- plimsoll: oldest-compatible=7
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

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

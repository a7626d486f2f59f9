-- plimsoll: transaction=none
-- plimsoll: oldest-compatible=1
create index concurrently a_by_id on a (id);

-- plimsoll: oldest-compatible=1
-- plimsoll: oldest-compatible=1
select;

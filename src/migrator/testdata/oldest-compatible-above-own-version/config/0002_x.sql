-- plimsoll: oldest-compatible=3
select;

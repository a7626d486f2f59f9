-- plimsoll: oldest-compatible=0
select;

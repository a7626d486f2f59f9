-- plimsoll: oldest-compatible=1.0
select;

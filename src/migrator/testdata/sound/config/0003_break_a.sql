-- plimsoll: oldest-compatible=3
alter table a drop column id;
select 1
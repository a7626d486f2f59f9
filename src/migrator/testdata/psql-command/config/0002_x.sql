\set on true
select;

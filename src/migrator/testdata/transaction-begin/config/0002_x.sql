begin;
select;

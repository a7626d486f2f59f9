select 'begin';
/* commit */ COMMIT;
select;

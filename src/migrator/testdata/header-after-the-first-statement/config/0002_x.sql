select;
-- plimsoll: transaction=none
select;

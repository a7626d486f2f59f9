-- plimsoll: transaction=off
select;

-- plimsoll: transactions=none
select;

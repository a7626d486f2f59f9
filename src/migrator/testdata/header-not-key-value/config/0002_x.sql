-- plimsoll: transaction none
select;

select;
/* one /* two */
select;

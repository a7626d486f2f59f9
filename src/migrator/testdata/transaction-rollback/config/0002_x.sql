select;
rollback and chain;

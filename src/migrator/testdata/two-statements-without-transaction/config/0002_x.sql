-- plimsoll: transaction=none
vacuum a;
analyze a;

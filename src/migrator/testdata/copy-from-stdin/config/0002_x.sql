copy a (id) from stdin;

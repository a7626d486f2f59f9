comment on table a is 'café';

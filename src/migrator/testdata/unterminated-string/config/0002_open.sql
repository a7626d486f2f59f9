comment on table a is 'it''s;

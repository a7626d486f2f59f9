-- plimsoll: oldest-compatible=7
-- Which deployment this is, for ever: a bundle says which one it was taken of.
insert into settings (key, value, updated_by)
values ('deployment.id', to_jsonb(gen_random_uuid()::text), 'migration 0008')
on conflict (key) do nothing;

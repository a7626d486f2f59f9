-- Run once in each of the three databases, by a superuser or its owner, after deploy/roles.sql.
revoke all on schema public from public;
grant usage on schema public to plimsoll_app, plimsoll_readonly;
grant usage, create on schema public to plimsoll_owner;
alter default privileges for role plimsoll_owner in schema public grant select, insert, update, delete on tables to plimsoll_app;
alter default privileges for role plimsoll_owner in schema public grant usage, select on sequences to plimsoll_app;
alter default privileges for role plimsoll_owner in schema public grant execute on functions to plimsoll_app;

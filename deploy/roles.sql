-- The three roles of a deployment and its three databases, for a superuser of the server to run once with psql:
--   psql -v owner_password=… -v app_password=… -v readonly_password=… -f deploy/roles.sql
-- owner: the migrator, the only one that changes schemas · app: the manager, rows only · readonly: backups.
-- The embedded stack runs this same file.
create role plimsoll_owner login password :'owner_password';
create role plimsoll_app login password :'app_password';
create role plimsoll_readonly login password :'readonly_password';
grant pg_read_all_data to plimsoll_readonly;
-- So that preflight sees whose transaction or standby stands in a migration's way.
grant pg_monitor to plimsoll_owner;

create database config owner plimsoll_owner;
create database results owner plimsoll_owner;
create database jobs owner plimsoll_owner;

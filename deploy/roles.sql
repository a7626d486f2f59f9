-- The roles of a deployment and its three databases, for a superuser of the server to run once with psql:
--   psql -v owner_password=… -v app_password=… -v readonly_password=… -v prove_password=… -v monitor_password=… -f deploy/roles.sql
-- owner: the migrator and the restore, the only one that changes schemas · app: the manager, rows only · readonly: backups ·
-- prove: makes scratch databases, restores bundles into them and drops them · monitor: sees the server's statistics for Admin >
-- Database Status. Neither may read anything of the product.
-- The embedded stack runs this same file, at every start. May be run again on a deployment of an earlier release: what
-- exists already is reported and left.
create role plimsoll_owner login password :'owner_password';
create role plimsoll_app login password :'app_password';
create role plimsoll_readonly login password :'readonly_password';
create role plimsoll_prove login createdb password :'prove_password';
create role plimsoll_monitor login password :'monitor_password';
grant pg_read_all_data to plimsoll_readonly;
grant pg_monitor to plimsoll_monitor;
-- So that preflight sees whose transaction or standby stands in a migration's way.
grant pg_monitor to plimsoll_owner;

-- A restore makes new databases beside the old ones, and ends the sessions of these roles before it exchanges them.
alter role plimsoll_owner createdb;
grant plimsoll_app, plimsoll_readonly, plimsoll_monitor to plimsoll_owner;

create database config owner plimsoll_owner;
create database results owner plimsoll_owner;
create database jobs owner plimsoll_owner;

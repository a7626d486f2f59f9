#!/bin/bash
# Run once by the Postgres image, when the volume is empty: the roles of deploy/roles.sql, and of its databases those
# that live on this server. Passwords go from their files into psql, never onto a command line.
set -euo pipefail
run() { psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" "$@"; }
{
  # "already exists" and the like would otherwise be logged with the statement, and the password in it.
  echo 'set log_min_messages = fatal; set log_min_error_statement = panic; set log_statement = none;'
  for role in owner app readonly prove; do
    printf '\\set %s_password `cat /run/secrets/%s_password`\n' "$role" "$role"
  done
  grep -v '^create database' /plimsoll/roles.sql
  for name in $PLIMSOLL_DATABASES; do echo "create database $name owner plimsoll_owner;"; done
} | run -d postgres
for name in $PLIMSOLL_DATABASES; do run -d "$name" -f /plimsoll/database-rights.sql; done

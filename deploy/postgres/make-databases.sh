#!/bin/bash
# The roles of deploy/roles.sql on one server, and of the three databases those that live on it. The Postgres image runs it on its
# first start. For a server elsewhere an administrator runs it once, with psql and its usual variables:
#
#   PGHOST=pg1.example.org PGUSER=postgres PLIMSOLL_DATABASES='config results jobs' SECRETS=secrets deploy/postgres/make-databases.sh
#
# Passwords go from their files into psql, never onto a command line.
set -euo pipefail
secrets=${SECRETS:-/run/secrets}
sql=$(dirname "$(readlink -f "$0")")/..
[ ! -d /plimsoll ] || sql=/plimsoll
export PGUSER=${PGUSER:-${POSTGRES_USER:-postgres}}
run() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

for role in owner app readonly prove monitor; do
  [ -r "$secrets/${role}_password" ] || { echo "make-databases: $secrets/${role}_password cannot be read" >&2; exit 1; }
done
{
  # A statement that fails would otherwise be logged, and the password in it.
  echo 'set log_min_messages = fatal; set log_min_error_statement = panic; set log_statement = none;'
  for role in owner app readonly prove monitor; do
    printf '\\set %s_password `cat "%s/%s_password"`\n' "$role" "$secrets" "$role"
  done
  grep -v '^create database' "$sql/roles.sql"
  for name in $PLIMSOLL_DATABASES; do echo "create database $name owner plimsoll_owner;"; done
} | run -d postgres
for name in $PLIMSOLL_DATABASES; do run -d "$name" -f "$sql/database-rights.sql"; done

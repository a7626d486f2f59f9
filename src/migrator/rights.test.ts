import { expect, test } from 'vitest';
import { rightsHint } from './rights.ts';

const target = { name: 'jobs', label: 'owner@db:5432/jobs_1' };

test.each([
  ['must be owner of table scans', 'alter table "scans" owner to "owner";'],
  ['must be owner of materialized view totals', 'alter materialized view "totals" owner to "owner";'],
  ['permission denied for table scans', 'grant all on "scans" to "owner";'],
  ['permission denied for sequence ids', 'grant all on sequence "ids" to "owner";'],
  ['permission denied for schema reports', 'grant all on schema "reports" to "owner";'],
  ['permission denied for database jobs_1', 'grant create on database "jobs_1" to "owner";'],
  ['permission denied for schema public', 'grant usage, create on schema public to "owner";'],
  ['permission denied for table schema_migration', 'on plimsoll.schema_migration, plimsoll.migration_run to "owner";'],
  ['permission denied to create extension "pg_trgm"', 'Give the role "owner" what the message asks for'],
  ['Berechtigung verweigert', 'Give the role "owner" what the message asks for'],
])('%s: %s', (message, hint) => {
  expect(rightsHint(message, target)).toContain(hint);
});

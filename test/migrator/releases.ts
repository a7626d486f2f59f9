import { createMigrationsFolder, type MigrationsFolder, type TestDatabases } from '../testkit/index.ts';
import type { DatabaseName } from '../../src/contract/index.ts';

/** Every migration leaves one row here, so that one that ran twice is found. */
const firstStep = 'create table effects (version integer); insert into effects values (1);';

function step(version: number): string {
  return `create table t${version} (id integer); insert into t${version} select generate_series(1, 20000);
    insert into effects values (${version});`;
}

function concurrentStep(version: number, on: number): string {
  return `-- plimsoll: transaction=none\ncreate index concurrently t${on}_by_id_${version} on t${on} (id);`;
}

/** A made-up release with migrations of both kinds in all three databases. */
export function createMixedRelease(): MigrationsFolder {
  return createMigrationsFolder({
    config: [
      firstStep,
      step(2),
      concurrentStep(3, 2),
      step(4),
      step(5),
      concurrentStep(6, 4),
      step(7),
      concurrentStep(8, 7),
    ],
    results: [firstStep, step(2), step(3), step(4)],
    jobs: [firstStep, step(2), concurrentStep(3, 2)],
  });
}

/** What is wrong with a database that should hold every migration exactly once; empty if nothing is. */
export async function findFaults(
  databases: TestDatabases,
  release: MigrationsFolder,
  name: DatabaseName,
): Promise<string[]> {
  const required = release.manifest.databases[name].schemaVersion;
  const [row] = await databases[name].query(
    'owner',
    `select
      (select count(*)::integer from plimsoll.schema_migration where finished_at is not null) as finished,
      (select count(*)::integer from plimsoll.schema_migration where finished_at is null) as open,
      (select count(*) - count(distinct version) from effects)::integer as repeated,
      (select count(*)::integer from effects) + (select count(*)::integer from pg_index i join pg_class c on c.oid = indexrelid
        where c.relname like 't%by_id%' and indisvalid) as done,
      (select count(*)::integer from pg_index where not indisvalid) as invalid,
      (select catalog is not null from plimsoll.migration_run where finished_at is not null order by finished_at desc limit 1) as recorded`,
  );
  const expected = { finished: required, open: 0, repeated: 0, done: required, invalid: 0, recorded: true };
  return Object.entries(expected)
    .filter(([key, value]) => row?.[key] !== value)
    .map(([key, value]) => `${name}: ${key} is ${String(row?.[key])}, expected ${String(value)}`);
}

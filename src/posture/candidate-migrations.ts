import { databaseNames, type DatabaseName, type MigrationCost } from '../contract/index.ts';
import type { RecordedPreflight } from '../preflight/index.ts';
import type { Readings } from './readings.ts';

/** What a candidate would still apply. */
export interface PendingMigrations {
  /** Those that its preflight has judged, in order. */
  readonly migrations: readonly MigrationCost[];
  /** How many it has said nothing of: a database has gone back since. */
  readonly unjudged: number;
}

/** What is pending of a judged release by the schema versions of now; of a database that cannot be read, what was then. Pure. */
export function pendingOf(
  { manifest, run }: RecordedPreflight,
  { schemas }: Pick<Readings, 'schemas'>,
): PendingMigrations {
  const perDatabase = databaseNames.map((name) => {
    const current = currentOf(schemas, name);
    const judged = run.migrations.filter(
      ({ database, version }) => database === name && (current === null || version > current),
    );
    const wanted = current === null ? 0 : Math.max(0, manifest.databases[name].schemaVersion - current);
    return { judged, unjudged: Math.max(0, wanted - judged.length) };
  });
  return {
    migrations: perDatabase.flatMap(({ judged }) => judged),
    unjudged: perDatabase.reduce((sum, each) => sum + each.unjudged, 0),
  };
}

/** The schema version of now; null: it cannot be read. */
export function currentOf(schemas: Readings['schemas'], name: DatabaseName): number | null {
  const schema = schemas[name];
  return 'value' in schema ? schema.value.assessment.current : null;
}

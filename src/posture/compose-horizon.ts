import { databaseNames, type DatabaseName, type RollbackHorizon } from '../contract/index.ts';
import { describeHorizon, horizonOf, type HorizonDatabase, type HorizonStep } from '../preflight/index.ts';
import { pendingOf, type PendingMigrations } from './candidate-migrations.ts';
import type { Composition } from './composition.ts';

/** How far back one can go: from what is applied, and what is pending of the candidate or else of this release. */
export function composeHorizon({ manifest, readings }: Composition): RollbackHorizon {
  const upcoming = 'value' in readings.preflight ? readings.preflight.value.upcoming : null;
  const pending = upcoming === null ? null : pendingOf(upcoming, readings);
  const target = upcoming?.run.targetVersion ?? manifest.appVersion;
  const databases: Partial<Record<DatabaseName, HorizonDatabase>> = {};
  for (const name of databaseNames) {
    const schema = readings.schemas[name];
    if (!('value' in schema)) return unknownHorizon(name);
    const { horizon } = schema.value;
    databases[name] = pending === null ? horizon : { ...horizon, pending: stepsOf(name, pending, target) };
  }
  const horizon = horizonOf(databases as Record<DatabaseName, HorizonDatabase>);
  const untold = pending !== null && (pending.unjudged > 0 || pending.migrations.some(isUntold));
  const message = `${describeHorizon(horizon, target)}${untold ? '; how far the pending migrations move that is not known' : ''}`;
  return { status: 'ok', ...horizon, message };
}

function unknownHorizon(name: DatabaseName): RollbackHorizon {
  const message = `how far you can go back is not known: what is applied to ${name} could not be read`;
  return { status: 'unknown', now: null, after: null, movedBy: null, message };
}

function isUntold({ oldestCompatible }: PendingMigrations['migrations'][number]): boolean {
  return oldestCompatible === null;
}

function stepsOf(database: DatabaseName, { migrations }: PendingMigrations, appVersion: string): HorizonStep[] {
  return migrations.flatMap(({ database: of, version, name, oldestCompatible }) =>
    of !== database || oldestCompatible === null ? [] : [{ version, name, oldestCompatible, appVersion }],
  );
}

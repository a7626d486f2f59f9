import { secondsBetween } from '../base/index.ts';
import {
  databaseNames,
  type DatabaseName,
  type DatabasePosture,
  type LastBackup,
  type Manifest,
  type PreflightRun,
  type ReleasePosture,
  type Scanners,
} from '../contract/index.ts';
import { isInWindow } from '../fleet/index.ts';
import { unreadSchema } from '../migrator/index.ts';
import { staleReasonsOf, type DeploymentNow, type RecordedPreflight } from '../preflight/index.ts';
import type { postureErrorTable } from './errors.ts';
import type { UncheckedDrift, UnsupportedPostgres } from './facts.ts';
import type { LastKnown } from './last-known.ts';
import type { Outcome } from './outcome.ts';
import { newestFirst } from './readers/history.ts';
import { isComparable, type Readings } from './readings.ts';

/** The readings of one moment and what else the page shows of each part. */
export interface Composition {
  readonly manifest: Manifest;
  readonly readings: Readings;
  readonly lastKnown: LastKnown;
  readonly now: Date;
}

type OtherParts = Pick<ReleasePosture, 'migrations' | 'lastBackup' | 'scanners' | 'preflight' | 'preflightReading'>;

/** The databases' postures, in the manifest's order. */
export function composeDatabases(composition: Composition): DatabasePosture[] {
  return databaseNames.map((name) => composeDatabase(name, composition));
}

/** Every part but the databases and the gate. */
export function composeOthers(composition: Composition): OtherParts {
  const { preflight } = composition.readings;
  return {
    migrations: databaseNames.flatMap((name) => historyOf(name, composition)).sort(newestFirst),
    lastBackup: composeBackup(composition),
    scanners: composeScanners(composition),
    preflight: 'value' in preflight ? composePreflight(preflight.value, composition) : null,
    preflightReading: {
      status: 'value' in preflight ? (preflight.value === null ? 'none' : 'ok') : 'unknown',
      ...errorAndTime(preflight, null),
    },
  };
}

/** Databases whose ledger was read but whose live schema was not compared with it. */
export function listUncheckedDrift({ readings }: Composition): UncheckedDrift[] {
  return databaseNames.flatMap((database) => {
    const schema = readings.schemas[database];
    if (!('value' in schema) || !isComparable(schema.value)) return [];
    const drift = readings.drift[database];
    if (drift === null || drift.ledgerKey !== schema.value.ledgerKey)
      return [{ database, failure: null, message: 'it has not been compared yet' }];
    if ('value' in drift.outcome) return [];
    const { code, message } = drift.outcome.error;
    return [{ database, failure: isNothingToCompare(code) ? null : code, message }];
  });
}

function isNothingToCompare(code: string): boolean {
  return code === ('drift_unrecorded' satisfies keyof typeof postureErrorTable);
}

/** Databases on servers of a version that this release does not accept. */
export function listUnsupportedPostgres({ manifest, readings }: Composition): UnsupportedPostgres[] {
  const accepted = manifest.postgres;
  return databaseNames.flatMap((database) => {
    const schema = readings.schemas[database];
    if (!('value' in schema)) return [];
    const major = schema.value.postgresMajor;
    return major >= accepted.min && major <= accepted.max ? [] : [{ database, major, accepted }];
  });
}

function composeDatabase(name: DatabaseName, { manifest, readings, lastKnown }: Composition): DatabasePosture {
  const schema = readings.schemas[name];
  const { schemaVersion: required } = manifest.databases[name];
  const known = lastKnown.databases[name];
  if (!('value' in schema))
    return {
      name,
      ...unreadSchema(required),
      ...errorAndTime(schema, known),
      lastKnown: known,
    };
  const { status, current, pending, problems, migrating, aheadAllowed } = schema.value.assessment;
  const drift = driftOf(name, readings);
  return {
    name,
    status,
    current,
    required,
    pending: [...pending],
    problems: drift === null ? [...problems] : [...problems, drift],
    migrating,
    aheadAllowed,
    ...errorAndTime(schema, known),
    lastKnown: null,
  };
}

function driftOf(name: DatabaseName, { schemas, drift }: Readings): DatabasePosture['problems'][number] | null {
  const schema = schemas[name];
  const measured = drift[name];
  if (measured === null || !('value' in schema) || !('value' in measured.outcome)) return null;
  return measured.ledgerKey === schema.value.ledgerKey ? measured.outcome.value : null;
}

function historyOf(name: DatabaseName, { readings }: Composition): ReleasePosture['migrations'] {
  const schema = readings.schemas[name];
  return 'value' in schema ? [...schema.value.history] : [];
}

function composeBackup({ readings: { backup }, lastKnown, now }: Composition): LastBackup {
  if (!('value' in backup))
    return {
      status: 'unavailable',
      bundle: null,
      ageSeconds: null,
      ...errorAndTime(backup, lastKnown.backup),
      lastKnown: lastKnown.backup,
    };
  const bundle = backup.value;
  return {
    status: bundle === null ? 'none' : 'ok',
    bundle,
    ageSeconds: bundle === null ? null : secondsBetween(new Date(bundle.createdAt), now),
    ...errorAndTime(backup, null),
    lastKnown: null,
  };
}

function composeScanners({ manifest, readings: { scanners }, lastKnown }: Composition): Scanners {
  const { min, max } = manifest.scannerProtocol;
  const known = 'value' in scanners ? null : lastKnown.scanners;
  const counts = 'value' in scanners ? scanners.value : { total: 0, inWindow: 0, outsideWindow: 0, groups: [] };
  return {
    status: 'value' in scanners ? 'ok' : 'unknown',
    window: { min, max },
    ...counts,
    ...errorAndTime(scanners, lastKnown.scanners),
    lastKnown: known,
  };
}

/** The recorded run, held against the deployment of now; a part that cannot be read now makes nothing stale. */
function composePreflight(recorded: RecordedPreflight | null, composition: Composition): PreflightRun | null {
  if (recorded === null) return null;
  const { run, fingerprint } = recorded;
  const staleReasons = staleReasonsOf(fingerprint, new Date(run.ranAt), deploymentNow(recorded, composition));
  return { ...run, stale: staleReasons.length > 0, staleReasons };
}

function deploymentNow({ window }: RecordedPreflight, { readings, now }: Composition): DeploymentNow {
  const { schemas, backup, scanners } = readings;
  const versionOf = (name: DatabaseName): number | undefined => {
    const schema = schemas[name];
    return 'value' in schema ? schema.value.assessment.current : undefined;
  };
  const outside =
    'value' in scanners
      ? scanners.value.groups.filter((group) => !isInWindow(window, group.protocolVersion))
      : undefined;
  return {
    schemaVersions: Object.fromEntries(databaseNames.map((name) => [name, versionOf(name)])),
    bundle: 'value' in backup ? backup.value : undefined,
    outsideWindow: outside?.reduce((sum, { count }) => sum + count, 0),
    now,
  };
}

/** Why a part could not be read, or null; and when it was last read, or null if it never was. */
function errorAndTime(outcome: Outcome<unknown>, known: { readAt: string } | null) {
  return 'value' in outcome
    ? { error: null, readAt: outcome.readAt.toISOString() }
    : { error: outcome.error, readAt: known?.readAt ?? null };
}

import {
  databaseNames,
  type DatabaseName,
  type DatabasePosture,
  type QueuedJobs,
  type ReleasePosture,
  type Scanners,
} from '../contract/index.ts';
import { countWithoutScanner } from '../fleet/index.ts';
import { unreadSchema } from '../migrator/index.ts';
import { composeBackup } from './compose-backup.ts';
import { composeHorizon } from './compose-horizon.ts';
import { composePreflight } from './compose-preflight.ts';
import type { Composition } from './composition.ts';
import type { postureErrorTable } from './errors.ts';
import type { UncheckedDrift, UnsupportedPostgres } from './facts.ts';
import { errorAndTime } from './outcome.ts';
import type { ScannerCounts } from './readers/config-records.ts';
import { newestFirst } from './readers/history.ts';
import { isComparable, type Readings } from './readings.ts';

type OtherParts = Pick<
  ReleasePosture,
  'migrations' | 'lastBackup' | 'scanners' | 'preflight' | 'preflightReading' | 'horizon'
>;

/** The databases' postures, in the manifest's order. */
export function composeDatabases(composition: Composition): DatabasePosture[] {
  return databaseNames.map((name) => composeDatabase(name, composition));
}

/** Every part but the databases, the gate and the candidate, which is held against all of them. */
export function composeOthers(composition: Composition): OtherParts {
  const { preflight } = composition.readings;
  const latest = 'value' in preflight ? preflight.value.latest : null;
  return {
    migrations: databaseNames.flatMap((name) => historyOf(name, composition)).sort(newestFirst),
    lastBackup: composeBackup(composition),
    scanners: composeScanners(composition),
    preflight: latest === null ? null : composePreflight(latest, composition),
    preflightReading: {
      status: 'error' in preflight ? 'unknown' : latest === null ? 'none' : 'ok',
      ...errorAndTime(preflight, null),
    },
    horizon: composeHorizon(composition),
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

const noCounts: ScannerCounts = { total: 0, inWindow: 0, outsideWindow: 0, outsideAsleep: 0, groups: [] };

function composeScanners({ manifest, readings, lastKnown }: Composition): Scanners {
  const { scanners } = readings;
  const { min, max } = manifest.scannerProtocol;
  const known = 'value' in scanners ? null : lastKnown.scanners;
  const counts = 'value' in scanners ? scanners.value : noCounts;
  return {
    status: 'value' in scanners ? 'ok' : 'unknown',
    window: { min, max },
    ...counts,
    ...errorAndTime(scanners, lastKnown.scanners),
    queuedJobs: composeQueuedJobs(readings),
    lastKnown: known,
  };
}

/** Takes both the queue and the census to tell; the queue's reason comes first. */
function composeQueuedJobs({ queuedJobs, scanners }: Composition['readings']): QueuedJobs {
  if (!('value' in queuedJobs))
    return { status: 'unknown', total: null, more: false, withoutScanner: null, ...errorAndTime(queuedJobs, null) };
  const { total, more } = queuedJobs.value;
  if (!('value' in scanners))
    return { status: 'unknown', total, more, withoutScanner: null, ...errorAndTime(scanners, null) };
  const withoutScanner = countWithoutScanner(total, scanners.value);
  return { status: 'ok', total, more, withoutScanner, ...errorAndTime(queuedJobs, null) };
}

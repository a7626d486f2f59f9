import {
  upgradeCandidateSchema,
  type CandidateDatabase,
  type CandidateScanners,
  type DatabasePosture,
  type Manifest,
  type MigrationCost,
  type Scanners,
  type UpgradeCandidate,
} from '../contract/index.ts';
import { countWithoutScanner, summariseCensus } from '../fleet/index.ts';
import type { RecordedPreflight } from '../preflight/index.ts';
import { pendingOf } from './candidate-migrations.ts';
import { listBlocked, listUnknown, type CandidateParts } from './candidate-obstacles.ts';
import { candidateStateOf } from './candidate-state.ts';
import { composePreflight } from './compose-preflight.ts';
import type { Composition } from './composition.ts';
import { nextStepOf } from './next-step.ts';

/** The release that was judged before it came, held against the deployment of now; null: there is none. */
export function composeCandidate(
  composition: Composition,
  parts: CandidateParts,
  migratorCommand: string,
): UpgradeCandidate | null {
  const { preflight } = composition.readings;
  const upcoming = 'value' in preflight ? preflight.value.upcoming : null;
  return upcoming === null ? null : hold(upcoming, { composition, parts, migratorCommand });
}

interface Held {
  readonly composition: Composition;
  readonly parts: CandidateParts;
  readonly migratorCommand: string;
}

function hold(upcoming: RecordedPreflight, { composition, parts, migratorCommand }: Held): UpgradeCandidate {
  const { manifest, acknowledgement } = upcoming;
  const judged = composePreflight(upcoming, composition);
  const { checks, targetVersion: version, targetImageSha: imageSha } = judged;
  // What it omits is told elsewhere in the candidate, as it is now.
  const run = upgradeCandidateSchema.shape.run.parse(judged);
  const unknown = listUnknown(parts, migratorCommand);
  const blocked = listBlocked(manifest, parts, composition);
  const { migrations, unjudged } = pendingOf(upcoming, composition.readings);
  const known = {
    version,
    imageSha,
    run,
    obstacles: [...unknown, ...blocked],
    acknowledgement,
    migrations: [...migrations],
    state: candidateStateOf({
      migrating: parts.databases.some(({ migrating }) => migrating),
      unknown: unknown.length,
      blocked: blocked.length,
      migrated: isMigrated(manifest, parts),
      run,
      failed: checks.filter(({ status }) => status === 'fail').map(({ code }) => code),
      acknowledgement,
    }),
  };
  return {
    ...known,
    findings: checks.filter(({ status }) => status !== 'pass'),
    databases: parts.databases.map((database) => databaseOf(database, manifest)),
    unjudged,
    seconds: secondsOf(migrations, unjudged),
    scanners: scannersOf(parts.scanners, manifest),
    next: nextStepOf({ ...known, lastBackup: parts.lastBackup, migratorCommand }),
  };
}

function isMigrated({ databases: required }: Manifest, { databases }: CandidateParts): boolean {
  return (
    databases.every(({ name, current }) => current === required[name].schemaVersion) &&
    databases.some(({ current, required: own }) => (current ?? 0) > own)
  );
}

function databaseOf({ name, current }: DatabasePosture, manifest: Manifest): CandidateDatabase {
  const required = manifest.databases[name].schemaVersion;
  const step = Math.sign(required - (current ?? 0));
  const change = current === null ? 'unknown' : step === 0 ? 'none' : step > 0 ? 'migrate' : 'too_new';
  return { name, current, required, change };
}

function secondsOf(migrations: readonly MigrationCost[], unjudged: number): number | null {
  if (unjudged > 0 || migrations.some(({ seconds }) => seconds === null)) return null;
  return migrations.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
}

function scannersOf(
  { status, groups, queuedJobs }: Scanners,
  { scannerProtocol: window }: Manifest,
): CandidateScanners {
  const { total: waiting, more } = queuedJobs;
  if (status === 'unknown') return { status, window, ...uncounted, queuedJobs: waiting, more, withoutScanner: null };
  const census = summariseCensus(groups, window);
  const isInsideNow = new Map(groups.map((group) => [keyOf(group), group.inWindow]));
  const outside = census.groups.filter(({ inWindow }) => !inWindow);
  return {
    status,
    window,
    total: census.total,
    droppingOut: sumOf(outside.filter((group) => isInsideNow.get(keyOf(group)) === true)),
    outside: outside.map(({ binaryVersion, protocolVersion, count, online }) => ({
      binaryVersion,
      protocolVersion,
      count,
      online,
    })),
    queuedJobs: waiting,
    more,
    withoutScanner: waiting === null ? null : countWithoutScanner(waiting, census),
  };
}

const uncounted = { total: null, droppingOut: null, outside: [] };

function keyOf({ binaryVersion, protocolVersion }: Scanners['groups'][number]): string {
  return `${protocolVersion} ${binaryVersion}`;
}

function sumOf(groups: readonly { readonly count: number }[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

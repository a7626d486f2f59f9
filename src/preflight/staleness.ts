import { secondsBetween, spanText } from '../base/index.ts';
import { databaseNames, type BundleSummary } from '../contract/index.ts';
import type { Fingerprint } from './fingerprint.ts';

/** A run older than this is stale whatever else is true of it. */
export const maxAgeHours = 24;

/** The deployment now, as far as it is known; undefined: that part could not be read, so nothing is said of it. */
export interface DeploymentNow {
  readonly schemaVersions: Readonly<Record<string, number | undefined>>;
  readonly bundle: BundleSummary | null | undefined;
  /** Scanners outside the window that the run judged. */
  readonly outsideWindow: number | undefined;
  readonly now: Date;
}

/** Why a recorded run no longer describes the deployment, each cause a sentence; empty when it still does. Pure. */
export function staleReasonsOf(run: Fingerprint, ranAt: Date, deployment: DeploymentNow): string[] {
  return [
    ...schemaReasons(run, deployment),
    ...bundleReasons(run, ranAt, deployment),
    ...fleetReasons(run, deployment),
    ...ageReasons(ranAt, deployment),
  ];
}

function schemaReasons({ schemaVersions }: Fingerprint, deployment: DeploymentNow): string[] {
  return databaseNames.flatMap((name) => {
    const then = schemaVersions[name];
    const now = deployment.schemaVersions[name];
    if (now === undefined || then === now) return [];
    return [
      then === null || then === undefined
        ? `${name} could not be read then and is at ${now} now`
        : `${name} moved ${then} → ${now} after this run`,
    ];
  });
}

function bundleReasons(
  { bundle: then, backupMaxAgeSeconds: limit }: Fingerprint,
  ranAt: Date,
  deployment: DeploymentNow,
): string[] {
  const { bundle, now } = deployment;
  if (bundle === undefined || then === null) return [];
  if (bundle === null) return [`the bundle that it relied on, ${then.id}, is gone`];
  if (bundle.createdAt < then.createdAt)
    return [`the bundle that it relied on, ${then.id}, is gone; the newest is older, ${bundle.id}`];
  if (limit === null) return [];
  const wasYoung = secondsBetween(new Date(then.createdAt), ranAt) <= limit;
  const isYoung = secondsBetween(new Date(bundle.createdAt), now) <= limit;
  return wasYoung && !isYoung ? [`the last bundle has become older than ${spanText(limit)} since`] : [];
}

/** Scanners that came within the window change nothing that the run has said. */
function fleetReasons({ fleet }: Fingerprint, { outsideWindow }: DeploymentNow): string[] {
  if (fleet === null || outsideWindow === undefined || outsideWindow <= fleet.outsideWindow) return [];
  return [`the fleet changed: ${outsideWindow} scanners would drop out now, ${fleet.outsideWindow} did when it ran`];
}

function ageReasons(ranAt: Date, { now }: DeploymentNow): string[] {
  const hours = secondsBetween(ranAt, now) / 3600;
  return hours <= maxAgeHours ? [] : [`it ran more than ${maxAgeHours} h ago`];
}

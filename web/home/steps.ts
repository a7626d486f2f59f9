import type { Found, ReleasePosture, Scan } from '../../src/contract/index.ts';

/** `unknown`: what would tell cannot be read now. */
export type StepState = 'done' | 'open' | 'unknown';

export type StepName = 'scanner' | 'scan' | 'finding' | 'bundle' | 'preflight';

/** One of the first things to do with a new deployment, and whether it has been done. */
export interface Step {
  readonly name: StepName;
  readonly state: StepState;
}

/** What the steps are told from; a part is undefined until it has been read, or when it cannot be. */
export interface Evidence {
  /** Null for those who may not read it. */
  readonly posture: ReleasePosture | undefined | null;
  readonly scans: readonly Scan[] | undefined;
  readonly findings: readonly Found[] | undefined;
}

/** The first steps with their true state, in their order. Whoever may not read the posture has the two of scans alone. */
export function firstSteps({ posture, scans, findings }: Evidence): Step[] {
  const ofScans: Step[] = [
    { name: 'scan', state: isThere(scans) },
    { name: 'finding', state: findingState(scans, findings) },
  ];
  if (posture === null) return ofScans;
  return [
    { name: 'scanner', state: posture === undefined ? 'unknown' : scannerState(posture) },
    ...ofScans,
    { name: 'bundle', state: posture === undefined ? 'unknown' : bundleState(posture) },
    { name: 'preflight', state: posture === undefined ? 'unknown' : preflightState(posture) },
  ];
}

/** The step that comes next; undefined when none is open. */
export function nextStep(steps: readonly Step[]): StepName | undefined {
  return steps.find(({ state }) => state === 'open')?.name;
}

function isThere(list: readonly unknown[] | undefined): StepState {
  if (list === undefined) return 'unknown';
  return list.length > 0 ? 'done' : 'open';
}

/** A job that is done has found something, even if the page with it has not come yet. */
function findingState(scans: Evidence['scans'], findings: Evidence['findings']): StepState {
  if (findings !== undefined && findings.length > 0) return 'done';
  if (scans === undefined) return 'unknown';
  return scans.some(({ counts }) => counts.done > 0) ? 'done' : 'open';
}

/** What was once there has been done, whether or not it can be read now. */
function scannerState({ scanners }: ReleasePosture): StepState {
  if ((scanners.lastKnown?.counts.total ?? 0) > 0 || scanners.total > 0) return 'done';
  return scanners.status === 'ok' ? 'open' : 'unknown';
}

function bundleState({ lastBackup }: ReleasePosture): StepState {
  if (lastBackup.bundle !== null || lastBackup.lastKnown?.bundle) return 'done';
  return lastBackup.status === 'none' ? 'open' : 'unknown';
}

function preflightState({ preflight, preflightReading }: ReleasePosture): StepState {
  if (preflight !== null) return 'done';
  return preflightReading.status === 'unknown' ? 'unknown' : 'open';
}

/**
 * What a first scan could probe: the manager itself, where this browser reaches it at an address that scanners probe unless
 * told otherwise; null for any other, which would only be refused.
 */
export function firstTarget({
  hostname,
  port,
  protocol,
}: Pick<Location, 'hostname' | 'port' | 'protocol'>): string | null {
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname;
  if (!/^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\]$)/.test(host)) return null;
  return `${host}:${port === '' ? defaultPort(protocol) : port}`;
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}

import { expect } from 'vitest';
import { releasePostureSchema, type ReleasePosture } from '../../src/contract/index.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What GET /api/admin/release promises to scripts and dashboards, written out by hand: a field that is renamed in the
 * product's own schema, by which everything else is checked, fails here.
 */
const promised: Readonly<Record<string, readonly string[]>> = {
  '': ['generatedAt', 'verdict', 'app', 'gate', 'databases', 'migrations', 'lastBackup', 'scanners', 'preflight'],
  verdict: ['status', 'headline', 'reasons'],
  'verdict.reasons': ['code', 'severity', 'part', 'message', 'remedy'],
  app: ['version', 'imageSha', 'startedAt'],
  gate: ['open', 'closedParts'],
  databases: ['name', 'status', 'current', 'required', 'pending', 'problems', 'error'],
  'databases.pending': ['version', 'name'],
  'databases.problems': ['code', 'message', 'remedy'],
  'databases.error': ['code', 'message'],
  migrations: [
    'database',
    'version',
    'name',
    'appliedAt',
    'appliedBy',
    'durationMs',
    'appVersion',
    'imageSha',
    'runId',
  ],
  lastBackup: ['status', 'bundle', 'ageSeconds', 'error'],
  'lastBackup.bundle': ['id', 'createdAt', 'bytes', 'verifiedAt', 'schemaVersions'],
  'lastBackup.error': ['code', 'message'],
  scanners: ['status', 'window', 'total', 'inWindow', 'outsideWindow', 'outsideAsleep', 'groups', 'error'],
  'scanners.window': ['min', 'max'],
  'scanners.groups': ['binaryVersion', 'protocolVersion', 'count', 'online', 'inWindow'],
  'scanners.error': ['code', 'message'],
  'scanners.queuedJobs': ['status', 'total', 'more', 'withoutScanner', 'error'],
};

const promisedWords: Readonly<Record<string, readonly string[]>> = {
  'verdict.status': ['ok', 'ready', 'attention', 'stopped', 'unknown'],
  'verdict.reasons.severity': ['block', 'warn', 'info'],
  'databases.status': ['ok', 'behind', 'ahead', 'unknown'],
  'databases.problems.code': ['dirty', 'changed', 'unrecognised', 'drift'],
  'lastBackup.status': ['ok', 'none', 'unavailable'],
  'scanners.status': ['ok', 'unknown'],
  'scanners.queuedJobs.status': ['ok', 'unknown'],
};

/** Holds an answer against the promise and against the schema: nothing missing, and nothing that the schema does not name. */
export function checkContract(sent: unknown): ReleasePosture {
  for (const [path, fields] of Object.entries(promised))
    for (const found of valuesAt(sent, path))
      expect(Object.keys(found as Json), path).toEqual(expect.arrayContaining([...fields]));
  for (const [path, words] of Object.entries(promisedWords))
    for (const found of valuesAt(sent, path)) expect(words, path).toContain(found);
  const posture = releasePostureSchema.parse(sent);
  expect(posture).toEqual(sent);
  expect(posture.databases.map(({ name }) => name)).toEqual(['config', 'results', 'jobs']);
  return posture;
}

/** The parts of the promise that this answer had nothing to show for: empty lists and nulls. */
export function unseenParts(sent: unknown): string[] {
  return Object.keys(promised).filter((path) => valuesAt(sent, path).length === 0);
}

/** Everything that is found at a path, through every list on the way; nulls are nothing. */
function valuesAt(value: unknown, path: string): unknown[] {
  const words = path === '' ? [] : path.split('.');
  const step = (values: unknown[], word: string): unknown[] => flatten(values.map((each) => (each as Json)[word]));
  return words.reduce(step, [value]);
}

function flatten(values: readonly unknown[]): unknown[] {
  return values.flat().filter((value) => value !== null && value !== undefined);
}

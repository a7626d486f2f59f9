import type {
  CandidateScanners,
  CandidateState,
  MigrationCost,
  ReleasePosture,
  SecondsSource,
  UpgradeCandidate,
} from '../contract/index.ts';

/** What a state comes to, in the words of a terminal. */
const stateWords: Readonly<Record<CandidateState, string>> = {
  migrating: 'a migrator is at work',
  unknown: 'cannot tell',
  blocked: 'blocked by what is so now',
  migrated: 'its schemas are here, its managers are not',
  stale: 'its preflight no longer holds',
  acknowledge: 'dangerous migrations are not acknowledged',
  failed: 'its preflight failed',
  warned: 'may be applied, once the warnings have been read',
  ready: 'ready',
};

const sourceWords: Readonly<Record<SecondsSource, string>> = {
  rehearsal: 'rehearsed',
  past: 'at the pace of earlier migrations',
  unknown: '',
};

/** The upgrade that was judged, what it would do by what is so now, and what to type next. */
export function describeUpgrade({ candidate }: Pick<ReleasePosture, 'candidate'>): string[] {
  if (candidate === null) return ['no newer release has been judged'];
  const { version, imageSha, state, obstacles, run, databases, unjudged, next } = candidate;
  return [
    `${version}, image ${imageSha}: ${stateWords[state]}`,
    ...obstacles.map(({ message }) => `! ${message}`),
    ...run.staleReasons.map((reason) => `! ${reason}`),
    ...databases.map(({ name, current, required }) => `${name.padEnd(7)}  ${stepOf(current, required)}`),
    ...candidate.migrations.flatMap(describeMigration),
    ...(unjudged === 0 ? [] : [`! ${unjudged} more to apply that its preflight has not judged`]),
    describeScanners(candidate.scanners),
    ...describeNext(next),
  ];
}

function stepOf(current: number | null, required: number): string {
  if (current === null) return `schema ? → ${required}`;
  return current === required ? `schema ${current}, nothing to do` : `schema ${current} → ${required}`;
}

function describeMigration(migration: MigrationCost): string[] {
  const { summary, seconds, secondsFrom, dangers, findings } = migration;
  const time = seconds === null ? 'nobody can tell how long' : `${timeOf(seconds)} ${sourceWords[secondsFrom]}`;
  return [
    `· ${summary} [${time}]`,
    ...dangers.map((danger) => `  ! ${danger}`),
    ...(findings ?? []).map(({ rule, line, message }) => `  squawk, line ${line}: ${rule}: ${message}`),
  ];
}

function timeOf(seconds: number): string {
  return seconds < 1 ? 'less than 1 s' : `about ${Math.round(seconds)} s`;
}

function describeScanners({ status, window, total, outside, queuedJobs, withoutScanner }: CandidateScanners): string {
  if (status === 'unknown') return 'scanners: not known';
  const range = window.min === window.max ? `${window.min}` : `${window.min} to ${window.max}`;
  const count = outside.reduce((sum, group) => sum + group.count, 0);
  const fleet = `scanners: ${count} of ${total} outside protocol ${range}`;
  if (withoutScanner === null) return `${fleet}; queued jobs not known`;
  return withoutScanner === 0 ? fleet : `${fleet}; ${queuedJobs} queued jobs would have nobody`;
}

function describeNext({ command, why }: UpgradeCandidate['next']): string[] {
  return command === '' ? [`next: ${why}`] : [`next: ${why}`, `→ ${command}`];
}

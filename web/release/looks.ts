import type {
  CandidateState,
  DatabasePosture,
  PreflightRun,
  Severity,
  VerdictStatus,
} from '../../src/contract/index.ts';
import type { Look } from '../parts/Status.tsx';

/** How each state is shown: one table a kind, so that a state looks the same wherever it stands. */
export const verdictLooks: Readonly<Record<VerdictStatus, Look>> = {
  ok: { tone: 'good', icon: 'check', word: 'Running well' },
  ready: { tone: 'good', icon: 'up', word: 'Ready to upgrade' },
  attention: { tone: 'warn', icon: 'warning', word: 'Not yet' },
  stopped: { tone: 'bad', icon: 'stop', word: 'Stopped' },
  unknown: { tone: 'dim', icon: 'question', word: 'Cannot tell' },
};

export const severityLooks: Readonly<Record<Severity, Look>> = {
  block: { tone: 'bad', icon: 'stop', word: 'Blocks' },
  warn: { tone: 'warn', icon: 'warning', word: 'Warning' },
  info: { tone: 'note', icon: 'info', word: 'Note' },
};

/** How a candidate stands; the words say what is to be done about it. */
export const candidateLooks: Readonly<Record<CandidateState, Look>> = {
  migrating: { tone: 'note', icon: 'running', word: 'migrating' },
  unknown: { tone: 'dim', icon: 'question', word: 'cannot tell' },
  blocked: { tone: 'bad', icon: 'stop', word: 'blocked' },
  migrated: { tone: 'note', icon: 'up', word: 'migrated' },
  stale: { tone: 'warn', icon: 'warning', word: 'stale' },
  acknowledge: { tone: 'warn', icon: 'warning', word: 'to be acknowledged' },
  failed: { tone: 'bad', icon: 'stop', word: 'failed' },
  warned: { tone: 'warn', icon: 'warning', word: 'with warnings' },
  ready: { tone: 'good', icon: 'check', word: 'ready' },
};

const schemaLooks = {
  ok: { tone: 'good', icon: 'check', word: 'ok' },
  behind: { tone: 'warn', icon: 'up', word: 'behind' },
  ahead: { tone: 'note', icon: 'down', word: 'ahead, allowed' },
  aheadNotAllowed: { tone: 'bad', icon: 'stop', word: 'ahead, not allowed' },
  unknown: { tone: 'dim', icon: 'question', word: 'unknown' },
} as const satisfies Record<string, Look>;

/** Icon, word and tone of a schema status; ahead comes in two kinds. */
export function schemaLook(database: Pick<DatabasePosture, 'status' | 'aheadAllowed'>): Look {
  const refused = database.status === 'ahead' && database.aheadAllowed === false;
  return schemaLooks[refused ? 'aheadNotAllowed' : database.status];
}

export const checkLooks = {
  pass: { tone: 'good', icon: 'check', word: 'pass' },
  warn: { tone: 'warn', icon: 'warning', word: 'warn' },
  fail: { tone: 'bad', icon: 'stop', word: 'fail' },
  skip: { tone: 'plain', icon: 'skip', word: 'skip' },
} as const satisfies Record<PreflightRun['checks'][number]['status'], Look>;

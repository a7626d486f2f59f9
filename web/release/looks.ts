import type { DatabasePosture, PreflightRun, Severity, VerdictStatus } from '../../src/contract/index.ts';
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

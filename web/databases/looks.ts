import type { BreachSeverity, DatabaseHealth, HolderKind } from '../../src/contract/index.ts';
import type { Look } from '../parts/Status.tsx';

/** How the health of a database looks. */
export const healthLooks: Readonly<Record<DatabaseHealth, Look>> = {
  ok: { tone: 'good', icon: 'check', word: 'in order' },
  attention: { tone: 'warn', icon: 'warning', word: 'attention' },
  critical: { tone: 'bad', icon: 'stop', word: 'critical' },
  unknown: { tone: 'dim', icon: 'question', word: 'unknown' },
};

/** How one finding looks. */
export const severityLooks: Readonly<Record<BreachSeverity, Look>> = {
  critical: { tone: 'bad', icon: 'stop', word: 'critical' },
  warn: { tone: 'warn', icon: 'warning', word: 'attention' },
  info: { tone: 'note', icon: 'info', word: 'to know' },
};

/** What holds dead rows, in a word. */
export const holderWords: Readonly<Record<HolderKind, string>> = {
  client: 'session',
  dump: 'dump',
  migration: 'migration',
  prepared: 'prepared transaction',
  slot: 'replication slot',
  standby: 'standby',
};

import type { Firing, Schedule } from '../../src/contract/index.ts';
import { countOf } from '../parts/size.ts';
import type { Look } from '../parts/Status.tsx';

/** What became of an occurrence. */
export const firingLooks: Readonly<Record<Firing['outcome'], Look>> = {
  fired: { tone: 'good', icon: 'check', word: 'fired' },
  caught_up: { tone: 'warn', icon: 'info', word: 'caught up' },
  skipped: { tone: 'warn', icon: 'skip', word: 'skipped' },
};

const reasons: Readonly<Record<NonNullable<Firing['reason']>, string>> = {
  still_running: 'the scan before it still ran',
  unreadable: 'its expression or time zone can no longer be read; the schedule is paused',
};

/** Why an occurrence did not simply fire; empty when it did. */
export function firingNote({ outcome, reason, missed }: Pick<Firing, 'outcome' | 'reason' | 'missed'>): string {
  const before =
    missed === 0 ? '' : ` ${countOf(missed, 'occurrence')} before it ${missed === 1 ? 'was' : 'were'} missed.`;
  if (reason !== null) return `Because ${reasons[reason]}.${before}`;
  if (outcome === 'caught_up') return `Late: no manager with an open gate was at work when it was due.${before}`;
  return before.trim();
}

/** Expressions that are often wanted. */
export const presets: readonly { readonly cron: string; readonly words: string }[] = [
  { cron: '0 * * * *', words: 'Every hour' },
  { cron: '30 3 * * *', words: 'Every night' },
  { cron: '30 3 * * MON-FRI', words: 'Every weekday' },
  { cron: '30 3 * * SUN', words: 'Every Sunday' },
  { cron: '30 3 1 * *', words: 'Every month' },
];

/** Whether a schedule fires by itself. */
export function scheduleLook({ enabled }: Pick<Schedule, 'enabled'>): Look {
  return enabled ? { tone: 'good', icon: 'check', word: 'on' } : { tone: 'dim', icon: 'skip', word: 'paused' };
}

/** Every time zone this browser knows, UTC first. */
export function knownTimeZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];
}

/** The time zone this browser is set to. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

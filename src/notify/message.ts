import { createHash } from 'node:crypto';
import type { ReleasePosture } from '../contract/index.ts';
import { factsOf } from './subjects.ts';
import { badness, isTrouble, type Turn } from './turns.ts';
import type { Message, Said } from './types.ts';

const verdictWords: Readonly<Record<string, string>> = {
  ok: 'running well',
  ready: 'ready to upgrade',
  attention: 'not yet ready to upgrade',
  stopped: 'stopped, its gate is closed',
  unknown: 'not to be judged, a part cannot be read',
};

const troubleWords: Readonly<Record<string, { on: string; off: string }>> = {
  backup_none: { on: 'there is no bundle', off: 'there is a bundle again' },
  backup_failed: { on: 'taking a bundle failed', off: 'a bundle was taken again' },
  backup_stale: { on: 'the newest bundle is too old', off: 'the newest bundle is young enough again' },
  backup_damaged: { on: 'the newest bundle is damaged', off: 'the newest bundle is whole again' },
  backup_unproven: { on: 'no bundle was proven for too long', off: 'a bundle was proven again' },
  scanners_outside_window: {
    on: 'scanners are outside the protocol window',
    off: 'no scanner is outside the protocol window any more',
  },
};

/** Puts a turn into words. */
export function messageOf(turn: Turn, posture: ReleasePosture, { host, now }: { host: string; now: Date }): Message {
  const { subject, before, since } = turn;
  return {
    id: idOf(turn),
    type: typeOf(turn),
    at: now.toISOString(),
    subject: subject.key,
    value: subject.value,
    before: before?.value ?? null,
    since: since.toISOString(),
    severity: severityOf(turn),
    headline: headlineOf(turn, posture),
    reasons: factsOf(subject, posture),
    deployment: { host, appVersion: posture.app.version, imageSha: posture.app.imageSha },
  };
}

/** What is remembered of a turn. */
export function saidOf({ subject, since, turns }: Turn, messageId: string, now: Date): Said {
  return { ...subject, since: since.toISOString(), announcedAt: now.toISOString(), messageId, turns };
}

/** A message to try the ways out with. */
export function testMessage(host: string, app: { version: string; imageSha: string }, now: Date): Message {
  return {
    id: `msg_test_${createHash('sha256').update(`${host} ${now.toISOString()}`).digest('hex').slice(0, 24)}`,
    type: 'test',
    at: now.toISOString(),
    subject: 'test',
    value: 'test',
    before: null,
    since: now.toISOString(),
    severity: 'info',
    headline: 'this is a test, nothing has happened',
    reasons: [],
    deployment: { host, appVersion: app.version, imageSha: app.imageSha },
  };
}

/**
 * Made of the message before it about the same subject and of what is said now, and of nothing that managers see
 * differently: whoever saw the same turn makes the same id.
 */
function idOf({ kind, subject, before, since }: Turn): string {
  // Of the very first message managers share nothing but the hour.
  const link = before === undefined ? since.toISOString().slice(0, 13) : `${before.messageId} ${before.announcedAt}`;
  const chain = JSON.stringify([link, kind, subject.key, subject.value]);
  return `msg_${createHash('sha256').update(chain).digest('hex').slice(0, 32)}`;
}

function typeOf({ kind, subject }: Turn): Message['type'] {
  if (kind === 'lasts') return 'trouble.lasts';
  if (subject.key === 'verdict') return 'verdict.changed';
  return isTrouble(subject) ? 'trouble.began' : 'trouble.ended';
}

function severityOf({ subject, before }: Turn): Message['severity'] {
  if (subject.key !== 'verdict') {
    if (subject.value === 'off') return 'recovered';
    return subject.key === 'scanners_outside_window' || subject.key === 'backup_unproven' ? 'warning' : 'critical';
  }
  if (badness(subject.value) < badness(before?.value ?? 'ok')) return 'recovered';
  return (['info', 'warning', 'warning', 'critical'] as const)[badness(subject.value)] ?? 'info';
}

function headlineOf({ kind, subject: { key, value }, before }: Turn, { verdict }: ReleasePosture): string {
  const still = kind === 'lasts' ? 'still: ' : '';
  if (key !== 'verdict') return `${still}${troubleWords[key]?.[value === 'on' ? 'on' : 'off'] ?? key}`;
  const was = before === undefined || kind === 'lasts' ? '' : ` (was: ${verdictWords[before.value] ?? before.value})`;
  const words = value === verdict.status ? verdict.headline : (verdictWords[value] ?? value);
  return `${still}${words}${was}`;
}

import type { ReleasePosture } from '../contract/index.ts';
import type { Fact, Subject } from './types.ts';

/** Reasons that are told of by themselves, and whose word has to be had before they can be said to be over. */
const watched = {
  backup_none: 'backup',
  backup_failed: 'backup',
  backup_stale: 'backup',
  backup_damaged: 'backup',
  backup_unproven: 'backup',
  scanners_outside_window: 'scanners',
} as const;

/**
 * What can be said now. A reason that is not among those of the verdict while its part cannot be read is left out: it is
 * not over, nobody knows.
 */
export function listSubjects(posture: ReleasePosture): Subject[] {
  const present = new Set(posture.verdict.reasons.map(({ code }) => code));
  const readable = {
    backup: posture.lastBackup.status !== 'unavailable',
    scanners: posture.scanners.status === 'ok',
  };
  const reasons = Object.entries(watched).flatMap(([key, part]) => {
    if (present.has(key)) return [{ key, value: 'on' }];
    return readable[part] ? [{ key, value: 'off' }] : [];
  });
  return [{ key: 'verdict', value: posture.verdict.status }, ...reasons];
}

/** The reasons that a message about a subject gives: for the verdict all that block or warn. */
export function factsOf(subject: Subject, { verdict }: ReleasePosture): Fact[] {
  return verdict.reasons
    .filter(({ code, severity }) => (subject.key === 'verdict' ? severity !== 'info' : code === subject.key))
    .map(({ code, part, message, remedy }) => ({ code, part, message, remedy }));
}

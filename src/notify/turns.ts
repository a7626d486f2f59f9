import type { Said, Subject } from './types.ts';

/** How long a new value has to hold before it is told; getting better has to hold longer. */
const holdMs = { worse: 30_000, better: 120_000 };
/** However often it turned, it is told after it has held this long. */
const longestHoldMs = 1_800_000;
/** After this long a subject has calmed down. */
const calmMs = 3_600_000;

/** Since when a subject has had the value that it has. */
export type Holding = ReadonlyMap<string, { readonly value: string; readonly since: Date }>;

/** Takes in what is seen now. A subject of which nothing can be said keeps its value and the time that it began. */
export function hold(before: Holding, subjects: readonly Subject[], now: Date): Holding {
  const next = new Map(before);
  for (const { key, value } of subjects) if (before.get(key)?.value !== value) next.set(key, { value, since: now });
  return next;
}

/** A subject that is to be spoken of. */
export interface Turn {
  readonly kind: 'turned' | 'lasts';
  readonly subject: Subject;
  readonly before: Said | undefined;
  readonly since: Date;
  /** To be remembered with it. */
  readonly turns: number;
}

export interface TurnTerms {
  readonly now: Date;
  /** Lasting trouble is told of again after this long; 0 never. */
  readonly reminderMs: number;
}

/**
 * | was said   | is now         | held long enough | then                                              |
 * | ---------- | -------------- | ---------------- | ------------------------------------------------- |
 * | nothing    | calm           | at once          | nothing is said, but remembered                   |
 * | nothing    | trouble        | yes              | it is told                                        |
 * | another    | anything       | yes              | it is told                                        |
 * | the same   | trouble        | –                | it is told again, once the reminder is due        |
 * | the same   | calm           | –                | nothing                                           |
 */
export function planTurns(
  said: ReadonlyMap<string, Said>,
  holding: Holding,
  { now, reminderMs }: TurnTerms,
): { readonly speak: readonly Turn[]; readonly remember: readonly Turn[] } {
  const speak: Turn[] = [];
  const remember: Turn[] = [];
  for (const [key, { value, since }] of holding) {
    const before = said.get(key);
    const subject = { key, value };
    const turn: Turn = { kind: 'turned', subject, before, since, turns: turnsOf(before, now) };
    if (before?.value === value) {
      if (isReminderDue(before, subject, { now, reminderMs }))
        speak.push({ ...turn, kind: 'lasts', since: new Date(before.since), turns: before.turns });
    } else if (before === undefined && !isTrouble(subject)) remember.push(turn);
    else if (now.getTime() - since.getTime() >= neededMs(subject, before, now)) speak.push(turn);
  }
  return { speak, remember };
}

/** Whether it is something that people want to hear the end of. */
export function isTrouble({ key, value }: Subject): boolean {
  return key === 'verdict' ? badness(value) > 0 : value === 'on';
}

/** How bad a verdict is. */
export function badness(verdict: string): number {
  return { attention: 1, unknown: 2, stopped: 3 }[verdict] ?? 0;
}

function neededMs(subject: Subject, before: Said | undefined, now: Date): number {
  const better =
    subject.key === 'verdict' ? badness(subject.value) < badness(before?.value ?? 'ok') : !isTrouble(subject);
  const doubled = (better ? holdMs.better : holdMs.worse) * 2 ** Math.max(0, turnsOf(before, now) - 2);
  return Math.min(longestHoldMs, doubled);
}

/** Counts the turns that came within an hour of each other. */
function turnsOf(before: Said | undefined, now: Date): number {
  if (before === undefined) return 1;
  return now.getTime() - Date.parse(before.announcedAt) > calmMs ? 1 : Math.min(20, before.turns + 1);
}

/** Of the verdict only what is worse than `not yet` is repeated: that is a list of things to do, and not an alarm. */
function isReminderDue(before: Said, subject: Subject, { now, reminderMs }: TurnTerms): boolean {
  const lasts = subject.key === 'verdict' ? badness(subject.value) > 1 : subject.value === 'on';
  return reminderMs > 0 && lasts && now.getTime() - Date.parse(before.announcedAt) >= reminderMs;
}

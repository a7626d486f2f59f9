import { messageOf, type Clock, type CronTimes, type Log } from '../../base/index.ts';
import type { BackupRun } from '../../contract/index.ts';

/** When something is due, as its setting says it. */
export interface ScheduleRule {
  readonly cron: string;
  readonly zone: string;
  readonly times: CronTimes;
}

export interface ScheduleOptions {
  readonly kind: 'take' | 'prove';
  /** Undefined: nothing is done by itself. */
  readonly rule: ScheduleRule | undefined;
  /** When this rule was first in force; what was due before that is not missed. */
  readonly since: Date;
  readonly clock: Clock;
  readonly log: Log;
  /** When it was last done, by whomever; null if never. */
  readonly lastDone: () => Date | null;
  /** Why there is nothing to be done now; undefined when there is. */
  readonly hindrance: () => string | undefined;
  /** Begins it. Throws `backup_busy`. */
  readonly begin: () => { readonly ended: Promise<BackupRun> };
}

/** How long a failure waits for another try; after the last one it waits for the next time it is due. */
const retryPausesMs = [60_000, 300_000, 900_000] as const;
/** The clock may be set: the next look is never far. */
const longestPauseMs = 30_000;
const minuteMs = 60_000;

/** Does one thing by cron, one time at a time, until it is stopped. */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #startedAt: Date;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** The time that was dealt with last: done, given up, or not worth doing. */
  #settled: number | undefined;
  #attempt: { readonly slot: number; failures: number; notBefore: number } | undefined;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  start(): void {
    void this.#go();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks whether something is due, and does it. Gives whether it was begun. */
  async look(): Promise<boolean> {
    const slot = this.#dueSlot();
    if (slot === undefined) return false;
    const { kind, log, hindrance, begin } = this.#options;
    const why = hindrance();
    if (why !== undefined) {
      log.info({ kind, due: slot.toISOString() }, `nothing is done: ${why}`);
      this.#settled = slot.getTime();
      return false;
    }
    let ended: Promise<BackupRun>;
    try {
      ({ ended } = begin());
    } catch (error) {
      log.debug({ kind, due: slot.toISOString() }, `is put off: ${messageOf(error)}`);
      return false;
    }
    this.#conclude(slot, await ended);
    return true;
  }

  async #go(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.look();
    } catch (error) {
      this.#options.log.error({ kind: this.#options.kind, err: error }, 'the schedule failed');
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#go(), this.#pauseMs());
  }

  #pauseMs(): number {
    const { rule, clock } = this.#options;
    if (rule === undefined) return longestPauseMs;
    const now = clock.now();
    return Math.min(longestPauseMs, Math.max(0, rule.times.next(now).getTime() - now.getTime()) + 50);
  }

  /** Undefined: nothing is to be done now. */
  #dueSlot(): Date | undefined {
    const { rule, clock, since } = this.#options;
    const now = clock.now();
    const slot = rule?.times.latest(now);
    if (rule === undefined || slot === undefined || slot < since) return undefined;
    if (this.#settled === slot.getTime()) return undefined;
    if (this.#attempt?.slot === slot.getTime() && now.getTime() < this.#attempt.notBefore) return undefined;
    const periodMs = this.#periodOf(slot, rule);
    if (this.#isDone(slot, now, periodMs) || this.#isMissedInVain(slot, now, periodMs)) {
      this.#settled = slot.getTime();
      return undefined;
    }
    return slot;
  }

  /** Between the time before and this one. */
  #periodOf(slot: Date, { times }: ScheduleRule): number {
    const before = times.latest(new Date(slot.getTime() - minuteMs)) ?? this.#options.since;
    return slot.getTime() - before.getTime();
  }

  /** What was done in the far future was done while the clock was wrong, and does not count. */
  #isDone(slot: Date, now: Date, periodMs: number): boolean {
    const done = this.#options.lastDone();
    return done !== null && done >= slot && done.getTime() <= now.getTime() + periodMs;
  }

  /** What was due before this process started is made up for, unless it was last done less than one period ago. */
  #isMissedInVain(slot: Date, now: Date, periodMs: number): boolean {
    if (slot >= this.#startedAt) return false;
    const { since, lastDone } = this.#options;
    const last = Math.max(since.getTime(), lastDone()?.getTime() ?? 0);
    return last <= now.getTime() && now.getTime() - last <= periodMs;
  }

  #conclude(slot: Date, run: BackupRun): void {
    const { kind, clock, log } = this.#options;
    if (run.state !== 'failed') {
      this.#settled = slot.getTime();
      this.#attempt = undefined;
      return;
    }
    const failures = (this.#attempt?.slot === slot.getTime() ? this.#attempt.failures : 0) + 1;
    const pauseMs = retryPausesMs[failures - 1];
    if (pauseMs === undefined) {
      log.error({ kind, due: slot.toISOString(), failures }, 'is given up until it is next due');
      this.#settled = slot.getTime();
      this.#attempt = undefined;
      return;
    }
    this.#attempt = { slot: slot.getTime(), failures, notBefore: clock.now().getTime() + pauseMs };
    log.warn({ kind, due: slot.toISOString(), failures }, `is tried again in ${pauseMs / 1000} s`);
  }
}

import { join } from 'node:path';
import type { Clock, Log } from '../../base/index.ts';
import type { Catalogue } from './catalogue.ts';
import { listEntries } from './entries.ts';
import { readSince } from './schedule-memory.ts';
import { Schedule, type ScheduleRule } from './schedule.ts';
import type { Surroundings } from './surroundings.ts';
import type { Work } from './work.ts';

/** Who a run is by that nobody asked for. */
export const bySchedule = 'schedule';

export interface SchedulesDeps {
  /** Undefined: not by itself. */
  readonly schedules: { readonly take: ScheduleRule | undefined; readonly prove: ScheduleRule | undefined };
  readonly clock: Clock;
  readonly log: Log;
  /** BACKUP_DIR. */
  readonly folder: string;
  readonly catalogue: Catalogue;
  readonly work: Work;
  readonly surroundings: Surroundings;
}

/** What is done by itself: bundles are taken, and the newest one is proven. */
export class Schedules {
  readonly #deps: SchedulesDeps;
  #take: Schedule | undefined;
  #prove: Schedule | undefined;

  constructor(deps: SchedulesDeps) {
    this.#deps = deps;
  }

  describe() {
    const { schedules, clock } = this.#deps;
    return {
      takeSchedule: describeRule(schedules.take, clock.now()),
      proveSchedule: describeRule(schedules.prove, clock.now()),
    };
  }

  async start(): Promise<void> {
    const { schedules, folder, clock, log, work, catalogue, surroundings } = this.#deps;
    const newest = () => listEntries(catalogue.shelves()).bundles.find(({ state }) => state !== 'damaged');
    const since = async (kind: 'take' | 'prove') =>
      await readSince(join(folder, 'schedules.json'), kind, { rule: schedules[kind], now: clock.now(), log });
    this.#take = new Schedule({
      kind: 'take',
      rule: schedules.take,
      since: await since('take'),
      clock,
      log,
      lastDone: () => dateOf(newest()?.createdAt),
      hindrance: () => undefined,
      begin: () => work.take({ by: bySchedule, reason: 'schedule', pinNote: null }),
    });
    this.#prove = new Schedule({
      kind: 'prove',
      rule: schedules.prove,
      since: await since('prove'),
      clock,
      log,
      lastDone: () => dateOf(newest()?.provenAt),
      hindrance: () =>
        newest() === undefined ? 'there is no bundle to prove' : surroundings.facts().proveError?.message,
      begin: () => work.verify(newest()?.id ?? '', bySchedule, 'restore'),
    });
    this.#take.start();
    this.#prove.start();
  }

  stop(): void {
    this.#take?.stop();
    this.#prove?.stop();
  }
}

function describeRule(rule: ScheduleRule | undefined, now: Date) {
  if (rule === undefined) return { cron: null, zone: 'UTC', next: null };
  return { cron: rule.cron, zone: rule.zone, next: rule.times.next(now).toISOString() };
}

function dateOf(instant: string | null | undefined): Date | null {
  return instant === null || instant === undefined ? null : new Date(instant);
}

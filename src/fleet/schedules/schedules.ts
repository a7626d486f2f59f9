import { parseCron, type AppError, type Clock, type CronTimes } from '../../base/index.ts';
import type { NewSchedule, ScheduleChange } from '../../contract/index.ts';
import type { Database, Queryable } from '../../postgres/index.ts';
import { fleetError } from '../errors.ts';
import type { JobQueue } from '../leases/queue.ts';
import { addScan } from '../scans/add.ts';
import {
  countSchedules,
  deleteSchedule,
  insertSchedule,
  lockSchedule,
  readFirings,
  readLatestFirings,
  readNow,
  readRunningScan,
  readSchedule,
  readSchedules,
  updateSchedule,
  type FiringRow,
  type ListedScheduleRow,
  type ScheduleRow,
} from './store.ts';

/** A schedule with what became of its latest occurrence. */
export type ListedSchedule = ListedScheduleRow & { readonly latest: FiringRow | null };

/** A schedule with what has been of it and what comes, newest first and next first. */
export type DetailedSchedule = ScheduleRow & {
  readonly firings: readonly FiringRow[];
  readonly upcoming: readonly Date[];
};

/** Scans that come again by cron. */
export interface Schedules {
  /** Throws schedule_invalid, schedules_too_many. */
  create(schedule: NewSchedule, by: string): Promise<DetailedSchedule>;
  list(): Promise<ListedSchedule[]>;
  /** Throws schedule_unknown, as all that follow. */
  read(id: string): Promise<DetailedSchedule>;
  /** Throws schedule_invalid. A schedule that is resumed does not make up for what went by. */
  change(id: string, change: ScheduleChange, by: string): Promise<DetailedSchedule>;
  /** Its scans stay; gives what it was called. */
  remove(id: string): Promise<string>;
  /** Makes a scan of it now; gives the scan's id. Throws schedule_still_running. */
  run(id: string, by: string): Promise<string>;
  /** The next times of an expression. Throws schedule_invalid. */
  preview(timing: { readonly cron: string; readonly timeZone: string }): Date[];
}

export interface SchedulesDeps {
  readonly jobs: Database;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly requireQueue: () => void;
  readonly wake: () => void;
}

const mostSchedules = 500;
const firingsShown = 20;
const upcomingShown = 3;

/** Opens the schedules. Calls throw the `database_*` error of a database that is away. */
export function createSchedules({ jobs, queue, clock, requireQueue, wake }: SchedulesDeps): Schedules {
  async function read(id: string): Promise<DetailedSchedule> {
    const row = required(await readSchedule(jobs, id), id);
    const firings = await readFirings(jobs, id, firingsShown);
    const { times } = parseCron(row.cron, row.timeZone);
    const upcoming = row.nextAt === null || times === undefined ? [] : followingOf(times, row.nextAt);
    return Object.assign(row, { firings, upcoming });
  }

  return {
    read,
    create: async ({ enabled, ...schedule }, by) => {
      const times = timesOf(schedule);
      if ((await countSchedules(jobs)) >= mostSchedules) throw tooMany();
      const nextAt = enabled ? times.next(await readNow(jobs)) : null;
      return await read(await insertSchedule(jobs, { ...schedule, nextAt }, by));
    },
    list: async () => {
      const latest = await readLatestFirings(jobs);
      return (await readSchedules(jobs)).map((row) => Object.assign(row, { latest: latest.get(row.id) ?? null }));
    },
    change: async (id, change, by) => {
      await jobs.transaction(async (transaction) => {
        const row = required(await lockSchedule(transaction, id), id);
        const changed = { ...row, ...given(change) };
        const nextAt = await nextAtOf(transaction, row, changed);
        await updateSchedule(transaction, id, { ...changed, nextAt }, by);
      });
      return await read(id);
    },
    remove: async (id) => {
      const name = await deleteSchedule(jobs, id);
      if (name === undefined) throw unknownSchedule(id);
      return name;
    },
    run: async (id, by) => {
      requireQueue();
      const scanId = await jobs.transaction(async (transaction) => {
        const row = required(await lockSchedule(transaction, id), id);
        const running = await readRunningScan(transaction, id);
        if (running !== null) throw stillRunning(row.name, running);
        return await addScan({ transaction, queue }, row, { requestedBy: by, scheduleId: id, dueAt: null });
      });
      wake();
      return scanId;
    },
    preview: (timing) => {
      const times = timesOf(timing);
      return followingOf(times, times.next(clock.now()));
    },
  };
}

/** What a change names; what it leaves out stays. */
function given(change: ScheduleChange): Partial<NewSchedule> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

/** When a changed schedule is due: as before, unless its timing is another one or it is resumed or paused. */
async function nextAtOf(
  transaction: Queryable,
  before: ScheduleRow,
  after: ScheduleRow & { readonly enabled?: boolean },
): Promise<Date | null> {
  const sameTiming = before.cron === after.cron && before.timeZone === after.timeZone;
  const enabled = after.enabled ?? before.nextAt !== null;
  // One that cannot be read any more can still be paused and renamed.
  if (sameTiming && !enabled) return null;
  if (sameTiming && before.nextAt !== null) return before.nextAt;
  const times = timesOf(after);
  return enabled ? times.next(await readNow(transaction)) : null;
}

function timesOf({ cron, timeZone }: { readonly cron: string; readonly timeZone: string }): CronTimes {
  const { times, fault } = parseCron(cron, timeZone);
  if (times !== undefined) return times;
  throw fleetError('schedule_invalid', {
    message: `the schedule cannot be read: ${fault.field}: ${fault.message}`,
    hint: 'Try it with GET /api/scans/schedules/preview?cron=…&timeZone=…, such as cron=30 3 * * MON-FRI and timeZone=Europe/Berlin.',
    details: { field: fault.field },
  });
}

function followingOf(times: CronTimes, first: Date): Date[] {
  const following = [first];
  for (let at = first; following.length < upcomingShown;) {
    at = times.next(at);
    following.push(at);
  }
  return following;
}

function required(rows: readonly ScheduleRow[], id: string): ScheduleRow {
  const [row] = rows;
  if (row === undefined) throw unknownSchedule(id);
  return row;
}

function unknownSchedule(id: string): AppError {
  return fleetError('schedule_unknown', {
    message: `there is no schedule ${id}`,
    hint: 'List the schedules with GET /api/scans/schedules.',
  });
}

function tooMany(): AppError {
  return fleetError('schedules_too_many', {
    message: `there are ${mostSchedules} schedules already, which is as many as may be kept`,
    hint: 'Delete one that is no longer needed with DELETE /api/scans/schedules/{id}.',
  });
}

function stillRunning(name: string, scanId: string): AppError {
  return fleetError('schedule_still_running', {
    message: `the scan before it of the schedule ${name} still runs`,
    hint: `Wait for it, or cancel it with POST /api/scans/${scanId}/cancel.`,
    details: { scanId },
  });
}

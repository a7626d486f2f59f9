import type { Firing, JobKind, NewSchedule, Target } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';

/** What became of one occurrence. */
export interface FiringRow {
  readonly dueAt: Date;
  readonly decidedAt: Date;
  readonly outcome: Firing['outcome'];
  readonly reason: Firing['reason'];
  readonly scanId: string | null;
  readonly missed: number;
}

/** A schedule as it is kept; `nextAt` is null while it is paused. */
export interface ScheduleRow {
  readonly id: string;
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly targets: Target[];
  readonly kinds: JobKind[];
  readonly priority: number;
  readonly timeoutMs: number;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly changedBy: string;
  readonly changedAt: Date;
  readonly nextAt: Date | null;
}

export type ListedScheduleRow = Omit<ScheduleRow, 'targets'> & { readonly targetCount: number };

/** What is asked for by hand, with the first time it is due. */
export type KeptSchedule = Omit<NewSchedule, 'enabled'> & { readonly nextAt: Date | null };

const listed = `id, name, cron, time_zone as "timeZone", kinds, priority, timeout_ms as "timeoutMs", made_by as "madeBy",
  made_at as "madeAt", changed_by as "changedBy", changed_at as "changedAt", next_at as "nextAt"`;
const columns = `${listed}, targets`;
const firingColumns = 'due_at as "dueAt", decided_at as "decidedAt", outcome, reason, scan_id as "scanId", missed';

/** The time by the database's clock, which all managers share. */
export async function readNow(jobs: Queryable): Promise<Date> {
  const [row] = await jobs.query<{ now: Date }>('select clock_timestamp() as now');
  if (row === undefined) throw new TypeError('select gave no row');
  return row.now;
}

/** How many schedules there are. */
export async function countSchedules(jobs: Queryable): Promise<number> {
  const [row] = await jobs.query<{ count: number }>('select count(*)::integer as count from scan_schedules');
  return row?.count ?? 0;
}

/** All schedules by name, without their targets. */
export async function readSchedules(jobs: Queryable): Promise<ListedScheduleRow[]> {
  return await jobs.query<ListedScheduleRow & Record<string, unknown>>(
    `select ${listed}, jsonb_array_length(targets) as "targetCount" from scan_schedules order by lower(name), id`,
  );
}

/** One schedule. */
export async function readSchedule(jobs: Queryable, id: string): Promise<ScheduleRow[]> {
  return await jobs.query<ScheduleRow & Record<string, unknown>>(
    `select ${columns} from scan_schedules where id = $1`,
    [id],
  );
}

/** One schedule, held until the transaction ends: nobody fires or changes it meanwhile. */
export async function lockSchedule(transaction: Queryable, id: string): Promise<ScheduleRow[]> {
  return await transaction.query<ScheduleRow & Record<string, unknown>>(
    `select ${columns} from scan_schedules where id = $1 for update`,
    [id],
  );
}

/** The schedule that is due for longest and that nobody else holds. */
export async function lockDueSchedule(
  transaction: Queryable,
): Promise<(ScheduleRow & { readonly nextAt: Date; readonly now: Date })[]> {
  return await transaction.query<ScheduleRow & { nextAt: Date; now: Date } & Record<string, unknown>>(
    `select ${columns}, now() as now from scan_schedules where next_at <= now()
      order by next_at limit 1 for update skip locked`,
  );
}

/** Adds a schedule; gives its id. */
export async function insertSchedule(jobs: Queryable, schedule: KeptSchedule, by: string): Promise<string> {
  const [made] = await jobs.query<{ id: string }>(
    `insert into scan_schedules (name, cron, time_zone, targets, kinds, priority, timeout_ms, next_at, made_by, changed_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning id`,
    [...valuesOf(schedule), by],
  );
  if (made === undefined) throw new TypeError('insert … returning gave no row');
  return made.id;
}

/** Puts other contents into a schedule. */
export async function updateSchedule(jobs: Queryable, id: string, schedule: KeptSchedule, by: string): Promise<void> {
  await jobs.query(
    `update scan_schedules set name = $1, cron = $2, time_zone = $3, targets = $4, kinds = $5, priority = $6, timeout_ms = $7,
            next_at = $8, changed_by = $9, changed_at = now()
      where id = $10`,
    [...valuesOf(schedule), by, id],
  );
}

function valuesOf({ name, cron, timeZone, targets, kinds, priority, timeoutMs, nextAt }: KeptSchedule): unknown[] {
  return [name, cron, timeZone, JSON.stringify(targets), kinds, priority, timeoutMs, nextAt];
}

/** Says when a schedule is due next; null pauses it. */
export async function setNextAt(transaction: Queryable, id: string, nextAt: Date | null): Promise<void> {
  await transaction.query('update scan_schedules set next_at = $2 where id = $1', [id, nextAt]);
}

/** Deletes a schedule with its firings; gives what it was called, undefined when there was none. */
export async function deleteSchedule(jobs: Queryable, id: string): Promise<string | undefined> {
  const [row] = await jobs.query<{ name: string }>('delete from scan_schedules where id = $1 returning name', [id]);
  return row?.name;
}

/**
 * The latest scan of a schedule, if it has jobs that have not ended. Earlier ones have ended: none is begun while another
 * runs.
 */
export async function readRunningScan(transaction: Queryable, scheduleId: string): Promise<string | null> {
  const [row] = await transaction.query<{ id: string }>(
    `select s.id from (select id from scans where schedule_id = $1 order by created_at desc limit 1) s
      where exists (select from scan_jobs j where j.scan_id = s.id and j.outcome is null)`,
    [scheduleId],
  );
  return row?.id ?? null;
}

/** Writes down what becomes of an occurrence; false when that is written already. */
export async function insertFiring(
  transaction: Queryable,
  scheduleId: string,
  firing: Omit<FiringRow, 'decidedAt'>,
): Promise<boolean> {
  const rows = await transaction.query(
    `insert into scan_firings (schedule_id, due_at, outcome, reason, scan_id, missed) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning due_at`,
    [scheduleId, firing.dueAt, firing.outcome, firing.reason, firing.scanId, firing.missed],
  );
  return rows.length > 0;
}

/** Names the scan that an occurrence has made. */
export async function setFiringScan(
  transaction: Queryable,
  { scheduleId, dueAt, scanId }: { readonly scheduleId: string; readonly dueAt: Date; readonly scanId: string },
): Promise<void> {
  await transaction.query('update scan_firings set scan_id = $3 where schedule_id = $1 and due_at = $2', [
    scheduleId,
    dueAt,
    scanId,
  ]);
}

/** Forgets all firings of a schedule but the newest. */
export async function pruneFirings(transaction: Queryable, scheduleId: string, keep: number): Promise<void> {
  await transaction.query(
    `delete from scan_firings where schedule_id = $1
        and due_at <= (select due_at from scan_firings where schedule_id = $1 order by due_at desc offset $2 limit 1)`,
    [scheduleId, keep],
  );
}

/** Firings of a schedule, newest first. */
export async function readFirings(jobs: Queryable, scheduleId: string, limit: number): Promise<FiringRow[]> {
  return await jobs.query<FiringRow & Record<string, unknown>>(
    `select ${firingColumns} from scan_firings where schedule_id = $1 order by due_at desc limit $2`,
    [scheduleId, limit],
  );
}

/** The newest firing of each schedule that has one. */
export async function readLatestFirings(jobs: Queryable): Promise<Map<string, FiringRow>> {
  const rows = await jobs.query<FiringRow & { scheduleId: string } & Record<string, unknown>>(
    `select s.id as "scheduleId", f.* from scan_schedules s
      cross join lateral (
        select ${firingColumns} from scan_firings where schedule_id = s.id order by due_at desc limit 1
      ) f`,
  );
  return new Map(rows.map(({ scheduleId, ...firing }) => [scheduleId, firing]));
}

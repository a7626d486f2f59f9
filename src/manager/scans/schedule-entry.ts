import type { Firing, Schedule, ScheduleDetail } from '../../contract/index.ts';
import type { DetailedSchedule, FiringRow, ListedSchedule } from '../../fleet/index.ts';

/** A schedule as the list shows it. */
export function scheduleOf(row: ListedSchedule): Schedule {
  return {
    id: row.id,
    name: row.name,
    cron: row.cron,
    timeZone: row.timeZone,
    enabled: row.nextAt !== null,
    nextAt: row.nextAt?.toISOString() ?? null,
    kinds: [...row.kinds],
    targetCount: row.targetCount,
    madeBy: row.madeBy,
    madeAt: row.madeAt.toISOString(),
    changedBy: row.changedBy,
    changedAt: row.changedAt.toISOString(),
    latest: row.latest === null ? null : firingOf(row.latest),
  };
}

/** A schedule with all that is known of it. */
export function scheduleDetailOf({ firings, upcoming, ...row }: DetailedSchedule): ScheduleDetail {
  const { targets, priority, timeoutMs } = row;
  return {
    ...scheduleOf({ ...row, targetCount: targets.length, latest: firings[0] ?? null }),
    targets,
    priority,
    timeoutMs,
    upcoming: upcoming.map((at) => at.toISOString()),
    firings: firings.map(firingOf),
  };
}

function firingOf({ dueAt, decidedAt, outcome, reason, scanId, missed }: FiringRow): Firing {
  return { dueAt: dueAt.toISOString(), decidedAt: decidedAt.toISOString(), outcome, reason, scanId, missed };
}

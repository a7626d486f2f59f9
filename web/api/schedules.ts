import { queryOptions } from '@tanstack/react-query';
import type {
  NewSchedule,
  Scan,
  ScheduleChange,
  ScheduleDetail,
  ScheduleList,
  SchedulePreview,
} from '../../src/contract/index.ts';
import { readJson, request, sendJson } from './http.ts';
import { readLive } from './live.ts';
import { scansPollSeconds } from './scans.ts';

const schedulesPath = '/api/scans/schedules';
const live = { refetchInterval: scansPollSeconds * 1000, refetchOnWindowFocus: 'always' } as const;

/** All schedules, by name. */
export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: async ({ signal }) => (await readLive<ScheduleList>(schedulesPath, signal)).value.schedules,
  ...live,
});

/** One schedule, with what has been of it and what comes. */
export function scheduleQuery(id: string) {
  return queryOptions({
    queryKey: ['schedule', id],
    queryFn: async ({ signal }) => await readLive<ScheduleDetail>(pathOf(id), signal),
    ...live,
  });
}

/** When something comes: a cron expression by the clock of a time zone. */
export type Timing = Pick<NewSchedule, 'cron' | 'timeZone'>;

/** The next three times of a timing; its error says what is wrong with it. */
export function previewQuery(timing: Timing) {
  const query = new URLSearchParams(timing).toString();
  return queryOptions({
    queryKey: ['preview', timing.cron, timing.timeZone],
    queryFn: async ({ signal }) =>
      (await readJson(await request(`${schedulesPath}/preview?${query}`, { signal }))) as SchedulePreview,
    retry: false,
    staleTime: 10_000,
  });
}

/** What a schedule is made of by hand. */
export type AskedSchedule = Pick<NewSchedule, 'name' | 'targets' | 'kinds' | 'cron' | 'timeZone'>;

/** Makes a schedule. */
export async function createSchedule(schedule: AskedSchedule): Promise<ScheduleDetail> {
  return (await readJson(await sendJson('POST', schedulesPath, schedule))) as ScheduleDetail;
}

/** Changes a schedule; `enabled` pauses and resumes it. */
export async function changeSchedule(id: string, change: ScheduleChange): Promise<void> {
  await sendJson('PATCH', pathOf(id), change);
}

/** Makes a scan of a schedule now. */
export async function runSchedule(id: string): Promise<Scan> {
  return (await readJson(await request(`${pathOf(id)}/run`, { method: 'POST' }))) as Scan;
}

/** Deletes a schedule; its scans stay. */
export async function deleteSchedule(id: string): Promise<void> {
  await request(pathOf(id), { method: 'DELETE' });
}

function pathOf(id: string): string {
  return `${schedulesPath}/${encodeURIComponent(id)}`;
}

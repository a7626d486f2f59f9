import type { IncomingMessage } from 'node:http';
import { parseCron } from '../../src/base/index.ts';
import { newScheduleSchema, scheduleChangeSchema, type ScheduleDetail } from '../../src/contract/index.ts';
import { now } from '../../web/fixtures/parts.ts';
import { scan, schedule as scheduleOf, type ScansFixture } from '../../web/fixtures/scans.ts';
import { bodyOf, type Answer } from './page-fleet.ts';
import { problemOf } from './page-problem.ts';

/** Scans that the pages may ask for and cancel. */
export interface ScansState {
  scans: ScansFixture;
}

/** Answers what the pages ask of schedules as the manager does, from a fixture; undefined for a schedule that is not there. */
export async function answerSchedulesCall(request: IncomingMessage, state: ScansState): Promise<Answer | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pages');
  const { schedules } = state.scans;
  const [, id, part] = /^\/api\/scans\/schedules(?:\/([^/]+))?(?:\/(\w+))?$/.exec(pathname) ?? [];
  if (id === 'preview') return preview(searchParams.get('cron') ?? '', searchParams.get('timeZone') ?? '');
  if (id === undefined) {
    return request.method === 'POST' ? make(state, await bodyOf(request)) : [200, { schedules }];
  }
  const found = schedules.find((each) => each.id === id);
  if (found === undefined) return undefined;
  if (part === 'run') return run(state, found);
  if (request.method === 'DELETE') {
    state.scans = { ...state.scans, schedules: schedules.filter((each) => each !== found) };
    return [204, undefined];
  }
  return request.method === 'PATCH' ? change(state, found, await bodyOf(request)) : [200, found];
}

function preview(cron: string, timeZone: string): Answer {
  const { times, fault } = parseCron(cron, timeZone);
  if (times === undefined) return [400, problemOf(400, 'schedule_invalid', `${fault.field}: ${fault.message}`)];
  const upcoming: string[] = [];
  for (let at = new Date(now); upcoming.length < 3; upcoming.push(at.toISOString())) at = times.next(at);
  return [200, { upcoming }];
}

function make(state: ScansState, body: unknown): Answer {
  const { enabled: _enabled, ...asked } = newScheduleSchema.parse(body);
  const made = scheduleOf(900, { ...asked, targetCount: asked.targets.length });
  state.scans = { ...state.scans, schedules: [...state.scans.schedules, made] };
  return [201, made];
}

function run(state: ScansState, schedule: ScheduleDetail): Answer {
  if (schedule.latest?.reason === 'still_running') {
    return [409, problemOf(409, 'schedule_still_running', `the scan before it of ${schedule.name} still runs`)];
  }
  const made = scan(901, { queued: 4 }, schedule.name);
  state.scans = { ...state.scans, scans: [made, ...state.scans.scans] };
  return [201, made];
}

function change(state: ScansState, schedule: ScheduleDetail, body: unknown): Answer {
  const given = Object.entries(scheduleChangeSchema.parse(body)).filter(([, value]) => value !== undefined);
  const changed: ScheduleDetail = { ...schedule, ...Object.fromEntries(given) };
  const nextAt = changed.enabled ? (scheduleOf(1).nextAt ?? null) : null;
  const schedules = state.scans.schedules.map((each) =>
    each === schedule ? { ...changed, nextAt, targetCount: changed.targets.length } : each,
  );
  state.scans = { ...state.scans, schedules };
  return [200, schedules.find((each) => each.id === schedule.id)];
}

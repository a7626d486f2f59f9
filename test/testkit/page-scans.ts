import type { IncomingMessage, ServerResponse } from 'node:http';
import { newScanSchema, scanListQuerySchema, type ScanJob } from '../../src/contract/index.ts';
import { now } from '../../web/fixtures/parts.ts';
import { scan as scanOf, type ScansFixture } from '../../web/fixtures/scans.ts';
import { bodyOf, type Answer } from './page-fleet.ts';
import { answerSchedulesCall, type ScansState } from './page-schedules.ts';

/** Answers what the Scans pages ask as the manager does, from a fixture; undefined for any other call. */
export async function answerScansCall(
  request: IncomingMessage,
  response: ServerResponse,
  state: ScansState,
): Promise<Answer | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pages');
  response.setHeader('date', new Date(now).toUTCString());
  const { scans, findings } = state.scans;
  if (pathname.startsWith('/api/scans/schedules')) return await answerSchedulesCall(request, state);
  if (pathname === '/api/findings') {
    return [200, { findings: findings.filter((each) => each.address === searchParams.get('address')) }];
  }
  if (pathname === '/api/scans') {
    return request.method === 'POST' ? ask(state, await bodyOf(request)) : [200, listOf(scans, searchParams)];
  }
  const [, id, part] = /^\/api\/scans\/([^/]+)(?:\/(\w+))?$/.exec(pathname) ?? [];
  const found = scans.find((each) => each.id === id);
  if (found === undefined) return undefined;
  if (part === 'findings') return [200, { findings }];
  if (part === 'cancel') return cancel(state, found.id);
  return [200, { ...found, ...jobsOf(state.scans.jobs, searchParams.get('after')) }];
}

function listOf(scans: ScansFixture['scans'], search: URLSearchParams) {
  const { before, limit } = scanListQuerySchema.parse(Object.fromEntries(search));
  const begin = scans.findIndex((each) => each.id === before) + 1;
  const page = scans.slice(begin, begin + limit);
  return { scans: page, nextBefore: scans.length > begin + limit ? (page.at(-1)?.id ?? null) : null };
}

function jobsOf(jobs: readonly ScanJob[], after: string | null) {
  const begin = jobs.findIndex((each) => each.id === after) + 1;
  const page = jobs.slice(begin, begin + 200);
  return { jobs: page, nextAfter: jobs.length > begin + 200 ? (page.at(-1)?.id ?? null) : null };
}

function ask(state: ScansState, body: unknown): Answer {
  const { name, targets, kinds } = newScanSchema.parse(body);
  const made = scanOf(900, { queued: targets.length * kinds.length }, name);
  state.scans = { ...state.scans, scans: [made, ...state.scans.scans] };
  return [201, made];
}

function cancel(state: ScansState, id: string): Answer {
  const scans = state.scans.scans.map((each) => {
    const { queued, running, cancelled, ...counts } = each.counts;
    if (each.id !== id) return each;
    return { ...each, counts: { ...counts, queued: 0, running: 0, cancelled: cancelled + queued + running } };
  });
  state.scans = { ...state.scans, scans };
  return [200, scans.find((each) => each.id === id)];
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  newEnrolmentTokenSchema,
  renameScannerSchema,
  scannerListQuerySchema,
  type ListedScannerEntry,
  type ScannerList,
  type ScannerListQuery,
  type ScannerSort,
} from '../../src/contract/index.ts';
import { enrolmentCommands } from '../../src/manager/scanners/commands.ts';
import { before, now } from '../../web/fixtures/parts.ts';
import { token, type FleetFixture } from '../../web/fixtures/fleets.ts';

/** A fleet that the pages may change. */
export interface FleetState {
  fleet: FleetFixture;
}

/** What the manager would answer. */
export type Answer = readonly [status: number, body?: unknown];

/** Answers what Admin > Scanners asks as the manager does, from a fixture; undefined for any other call. */
export async function answerFleetCall(
  request: IncomingMessage,
  response: ServerResponse,
  state: FleetState,
): Promise<Answer | undefined> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://pages');
  const call = `${request.method} ${pathname}`;
  // The fixtures stand still at their own moment; the pages take the time from here.
  response.setHeader('date', new Date(now).toUTCString());
  if (call === 'GET /api/admin/scanners') {
    return [200, listOf(state.fleet, scannerListQuerySchema.parse(Object.fromEntries(searchParams)))];
  }
  if (call === 'GET /api/admin/enrolment-tokens') return [200, { tokens: state.fleet.tokens }];
  if (call === 'POST /api/admin/enrolment-tokens') return makeToken(state, await bodyOf(request));
  const [, id = '', deed = ''] =
    /^\/api\/admin\/(?:scanners|enrolment-tokens)\/([^/]+)(?:\/(\w+))?$/.exec(pathname) ?? [];
  if (request.method === 'GET' && deed === '' && id !== '') {
    const found = state.fleet.scanners.find((each) => each.id === id);
    return found === undefined ? undefined : [200, found];
  }
  if (request.method === 'DELETE') return revokeToken(state, id);
  if (request.method === 'PATCH') return change(state, id, renameScannerSchema.parse(await bodyOf(request)));
  if (deed === 'rotate') return change(state, id, { rotationRequestedAt: before({}) });
  if (deed === 'revoke') return change(state, id, { state: 'revoked', revokedAt: before({}), revokedBy: 'admin' });
  return undefined;
}

function listOf({ scanners, window }: FleetFixture, query: ScannerListQuery): ScannerList {
  const { after, limit } = query;
  const wanted = inOrder(
    scanners.filter((each) => isWanted(each, query)),
    query,
  );
  const found = wanted.slice(after === undefined ? 0 : wanted.findIndex((each) => after.startsWith(each.id)) + 1);
  const page = found.slice(0, limit);
  const alive = scanners.filter((each) => each.state !== 'revoked');
  const outside = alive.filter((each) => !each.inWindow);
  const counts = {
    total: alive.length,
    inWindow: alive.length - outside.length,
    outsideWindow: outside.length,
    outsideAsleep: outside.filter((each) => each.state !== 'online').length,
    groups: groupsOf(alive),
  };
  return { window, counts, scanners: page, nextAfter: found.length > limit ? placeOf(page.at(-1), query) : null };
}

function placeOf(last: ListedScannerEntry | undefined, { sort }: ScannerListQuery): string | null {
  if (last === undefined) return null;
  return sort === undefined ? last.id : `${last.id}:${keyOf(last, sort)}`;
}

function keyOf(each: ListedScannerEntry, sort: ScannerSort): string {
  const { name, binaryVersion, lastSeenAt, refusedCount } = each;
  return { name, binaryVersion, lastContact: `${Date.parse(lastSeenAt ?? '1970')}`, refused: `${refusedCount}` }[sort];
}

function inOrder(scanners: readonly ListedScannerEntry[], { sort, descending }: ScannerListQuery) {
  if (sort === undefined) return scanners;
  const sorted = scanners.toSorted((left, right) =>
    keyOf(left, sort).localeCompare(keyOf(right, sort), 'en', { numeric: true }),
  );
  return descending === true ? sorted.toReversed() : sorted;
}

function isWanted(each: ListedScannerEntry, query: ScannerListQuery): boolean {
  return (
    (query.state === undefined || each.state === query.state) &&
    (query.binaryVersion === undefined || each.binaryVersion === query.binaryVersion) &&
    (query.protocolVersion === undefined || each.protocolVersion === query.protocolVersion) &&
    (query.inWindow === undefined || each.inWindow === query.inWindow) &&
    (query.silentHours === undefined || Date.parse(each.lastSeenAt ?? '1970') < now - query.silentHours * 3_600_000) &&
    (query.refused === undefined || (each.refusedSince !== null) === query.refused) &&
    (query.cloneSuspected === undefined || (each.cloneSuspectedAt !== null) === query.cloneSuspected) &&
    (query.holdsJobs === undefined || (each.jobsHeld ?? 0) > 0 === query.holdsJobs) &&
    each.name.toLowerCase().includes((query.search ?? '').toLowerCase())
  );
}

function groupsOf(scanners: readonly ListedScannerEntry[]): ScannerList['counts']['groups'] {
  const groups = Map.groupBy(scanners, (each) => `${each.binaryVersion} ${each.protocolVersion}`);
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { binaryVersion, protocolVersion, inWindow } = first;
    const online = members.filter((each) => each.state === 'online').length;
    return [{ binaryVersion, protocolVersion, inWindow, count: members.length, online }];
  });
}

function makeToken(state: FleetState, body: unknown): Answer {
  const { note, maxUses, validHours } = newEnrolmentTokenSchema.parse(body);
  const made = token(900, { note, maxUses, uses: 0, madeAt: before({}), expiresAt: before({ hours: -validHours }) });
  state.fleet = { ...state.fleet, tokens: [made, ...state.fleet.tokens] };
  const text = `ple_${'x'.repeat(43)}`;
  const facts = { managerUrl: 'https://plimsoll.example.org', token: text, appVersion: '1.4.0' };
  return [201, { ...made, token: text, ...enrolmentCommands(facts) }];
}

function revokeToken(state: FleetState, id: string): Answer {
  const tokens = state.fleet.tokens.map((each) => (each.id === id ? { ...each, revokedAt: before({}) } : each));
  state.fleet = { ...state.fleet, tokens };
  return [204];
}

function change(state: FleetState, id: string, changes: Partial<ListedScannerEntry>): Answer {
  const scanners = state.fleet.scanners.map((each) => (each.id === id ? { ...each, ...changes } : each));
  state.fleet = { ...state.fleet, scanners };
  return [200, scanners.find((each) => each.id === id)];
}

/** The JSON that a request carries. */
export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as unknown;
}

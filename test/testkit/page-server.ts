import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import type {
  DatabaseStatus,
  PostureAt,
  PostureHistory,
  Problem,
  ReleasePosture,
  Session,
  SignInWays,
} from '../../src/contract/index.ts';
import { accounts } from '../../web/fixtures/accounts.ts';
import { audits } from '../../web/fixtures/audits.ts';
import { backups } from '../../web/fixtures/backups.ts';
import { databaseStates } from '../../web/fixtures/databases.ts';
import { fleets } from '../../web/fixtures/fleets.ts';
import { histories } from '../../web/fixtures/histories.ts';
import { scanStates } from '../../web/fixtures/scans.ts';
import { settingStates } from '../../web/fixtures/settings.ts';
import { answerAdminCall, type AdminState } from './page-admin.ts';
import { answerBackupsCall, type BackupsState } from './page-backups.ts';
import { answerFleetCall, type Answer, type FleetState } from './page-fleet.ts';
import { problemOf } from './page-problem.ts';
import { answerScansCall } from './page-scans.ts';
import type { ScansState } from './page-schedules.ts';

export { problemOf } from './page-problem.ts';

const built = path.resolve(import.meta.dirname, '../../dist/web');

/** As strict as a policy gets: whatever the pages need beyond their own files fails the tests. */
export const strictPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'";

/** What the pages are told; a test changes it while they are open. */
export interface PageState extends FleetState, ScansState, BackupsState, AdminState {
  posture: ReleasePosture;
  history: PostureHistory;
  databases: DatabaseStatus;
  /** Answered for every time that is asked for. */
  past: Omit<PostureAt, 'at'>;
  session: Session | null;
  /** How one can sign in. */
  ways: SignInWays;
  /** Answered to every call of an Admin page in place of what it asks for. */
  problem: Problem | null;
  /** While true, API connections are cut without an answer. */
  cut: boolean;
  /** While true, GET /api/admin/release is left without an answer. */
  silent: boolean;
}

export interface PageServer extends AsyncDisposable {
  readonly url: string;
  readonly state: PageState;
  /** `method path status` of every API call so far. */
  readonly calls: string[];
}

export const adminSession: Session = { username: 'admin', role: 'admin', method: 'password', expiresAt: null };

/** Serves the built pages as the manager does, and answers the API from a posture: the browser is real, the deployment is not. */
export async function servePages(initial: Partial<PageState> & Pick<PageState, 'posture'>): Promise<PageServer> {
  const state: PageState = {
    session: adminSession,
    ways: { recovery: true, oidc: null },
    problem: null,
    cut: false,
    silent: false,
    fleet: fleets.three,
    scans: scanStates.underWay,
    backups: backups.full,
    accounts: accounts.few,
    audit: audits.some,
    settings: settingStates.some,
    runListeners: new Set(),
    history: histories.many,
    databases: databaseStates.well,
    past: pastOf(initial.posture),
    ...initial,
  };
  const calls: string[] = [];
  const server = createServer((request, response) => {
    response.on('finish', () => {
      if (request.url?.startsWith('/api/')) calls.push(`${request.method} ${request.url} ${response.statusCode}`);
    });
    void answer(request, response, state);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the page server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    state,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, state: PageState): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://pages');
  if (pathname.startsWith('/api/')) {
    if (state.cut) request.socket.destroy();
    else await answerApi(`${request.method} ${pathname}`, request, response, state);
    return;
  }
  await answerFile(pathname, request, response);
}

async function answerApi(
  call: string,
  request: IncomingMessage,
  response: ServerResponse,
  state: PageState,
): Promise<void> {
  if (call === 'GET /api/session') return answerSession(response, state);
  if (call === 'GET /api/session/ways') return send(response, 200, JSON.stringify(state.ways));
  if (call === 'POST /api/session') return answerSignIn(request, response, state);
  if (call === 'DELETE /api/session') {
    state.session = null;
    response.writeHead(204).end();
    return;
  }
  if (state.session === null) return sendProblem(response, problemOf(401, 'signed_out', 'Nobody is signed in.'));
  if (state.problem !== null) return sendProblem(response, state.problem);
  if (call === 'GET /api/admin/release') return answerRelease(request, response, state);
  if (call === 'GET /api/admin/databases') return answerDatabases(response, state);
  if (call === 'GET /api/admin/release/history') return send(response, 200, JSON.stringify(state.history));
  if (call === 'GET /api/admin/release/history/at') return answerPast(request, response, state);
  const answer =
    (await answerBackupsCall(request, response, state)) ??
    (await answerScansCall(request, response, state)) ??
    (await answerAdminCall(request, response, state)) ??
    (await answerFleetCall(request, response, state));
  if (answer === 'streaming') return;
  if (answer !== undefined) return sendAnswer(response, answer);
  sendProblem(response, problemOf(404, 'not_found', 'There is no such route.'));
}

/** An answer, as a problem document where it is one. */
function sendAnswer(response: ServerResponse, [status, body]: Answer): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  send(response, status, body === undefined ? '' : JSON.stringify(body), type);
}

function answerSession(response: ServerResponse, { session }: PageState): void {
  if (session === null) sendProblem(response, problemOf(401, 'signed_out', 'Nobody is signed in.'));
  else send(response, 200, JSON.stringify(session));
}

function answerSignIn(request: IncomingMessage, response: ServerResponse, state: PageState): void {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const { password, recoveryToken } = JSON.parse(text) as { password?: string; recoveryToken?: string };
    if (password === 'right') state.session = adminSession;
    else if (recoveryToken === 'right')
      state.session = { ...adminSession, username: 'recovery', role: 'auditor', method: 'recovery' };
    else return sendProblem(response, problemOf(401, 'bad_credentials', 'User name and password do not go together.'));
    response.writeHead(204).end();
  });
}

function answerRelease(request: IncomingMessage, response: ServerResponse, state: PageState): void {
  if (state.silent) return;
  const json = JSON.stringify(state.posture);
  const etag = `"${createHash('sha256').update(json).digest('hex').slice(0, 16)}"`;
  response.setHeader('etag', etag);
  // The fixtures stand still at their own moment; the pages take the time from here.
  response.setHeader('date', new Date(Date.parse(state.posture.generatedAt)).toUTCString());
  if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
  else send(response, 200, json);
}

function answerDatabases(response: ServerResponse, { databases }: PageState): void {
  response.setHeader('date', new Date(databases.generatedAt).toUTCString());
  send(response, 200, JSON.stringify(databases));
}

/** What was recorded an hour before the posture. */
function pastOf(posture: ReleasePosture): PageState['past'] {
  const [entry] = histories.one.items;
  return { status: 'ok', error: null, entry, posture, unreadable: null, gap: null, nextChangeAt: posture.generatedAt };
}

function answerPast(request: IncomingMessage, response: ServerResponse, { past }: PageState): void {
  const time = new URL(request.url ?? '/', 'http://pages').searchParams.get('time') ?? '';
  send(response, 200, JSON.stringify({ ...past, at: new Date(time).toISOString() }));
}

function sendProblem(response: ServerResponse, problem: Problem): void {
  send(response, problem.status, JSON.stringify(problem), 'application/problem+json');
}

function send(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** As the manager does: compressed by brotli where the browser takes that, and kept for good if its name has its content. */
async function answerFile(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const wanted = path.extname(pathname) === '' ? '/index.html' : path.posix.normalize(pathname);
  const takesBrotli = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
  const file = path.join(built, wanted);
  const packed = takesBrotli ? await readFile(`${file}.br`).catch(() => null) : null;
  const body = packed ?? (await readFile(file).catch(() => null));
  if (packed !== null) response.setHeader('content-encoding', 'br');
  response.setHeader('cache-control', wanted.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  const type = types[path.extname(wanted)] ?? 'application/octet-stream';
  response.setHeader('content-security-policy', strictPolicy);
  if (body === null) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': type }).end(body);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answerBackupKeySchema,
  newBackupSchema,
  pinBackupSchema,
  verifyBackupSchema,
  type BackupRun,
  type BundleEntry,
  type Problem,
} from '../../src/contract/index.ts';
import { handCommands } from '../../src/backups/client/index.ts';
import { restoreSteps } from '../../src/manager/backups/restore-steps.ts';
import { rowOf } from '../../src/manager/backups/row.ts';
import { takingRun } from '../../web/fixtures/backup-status.ts';
import type { BackupFixture } from '../../web/fixtures/backups.ts';
import { before, migrateCommand, now } from '../../web/fixtures/parts.ts';
import { bodyOf, type Answer } from './page-fleet.ts';

/** Bundles that the pages may change. */
export interface BackupsState {
  backups: BackupFixture;
  /** Whoever listens to the progress of runs. */
  readonly runListeners: Set<ServerResponse>;
}

/** Tells a run to every page that listens, and has the status say the same from now on. */
export function tellRun(state: BackupsState, run: BackupRun): void {
  const { status } = state.backups;
  const isOver = run.state !== 'running';
  const recentRuns = isOver ? [run, ...status.recentRuns] : status.recentRuns;
  state.backups = { ...state.backups, status: { ...status, current: isOver ? null : run, recentRuns } };
  for (const listener of state.runListeners) listener.write(`event: run\ndata: ${JSON.stringify({ run })}\n\n`);
}

/** Answers what Admin > Backups asks as the manager does, from a fixture; undefined for any other call. */
export async function answerBackupsCall(
  request: IncomingMessage,
  response: ServerResponse,
  state: BackupsState,
): Promise<Answer | 'streaming' | undefined> {
  const { pathname } = new URL(request.url ?? '/', 'http://pages');
  if (!pathname.startsWith('/api/admin/backups')) return undefined;
  // The fixtures stand still at their own moment; the pages take the time from here.
  response.setHeader('date', new Date(now).toUTCString());
  const { backups } = state;
  if (backups.notConfigured) return problem('backup_not_configured', 'BACKUP_SERVICE_URL is not set', {});
  if (backups.unreachable) return unreachable(backups.unreachable);
  const call = `${request.method} ${pathname.replace('/api/admin/backups', '')}`;
  if (call === 'GET /runs/current/events') return listen(response, state);
  if (call === 'GET ') return [200, { bundles: backups.bundles.map(rowOf), broken: backups.broken }];
  if (call === 'GET /status') return [200, backups.status];
  if (request.method === 'GET') return read(state, pathname.split('/')[4] ?? '');
  return await change(request, call, state);
}

function read({ backups }: BackupsState, id: string): Answer {
  const bundle = backups.bundles.find((each) => each.id === id);
  if (bundle === undefined) return problem('bundle_missing', `there is no bundle ${id}`, { status: 404 });
  return [200, { bundle, restore: restoreSteps(bundle, migrateCommand), byHand: handCommands(bundle.manifest) }];
}

async function change(request: IncomingMessage, call: string, state: BackupsState): Promise<Answer | undefined> {
  const body = request.headers['content-type'] === undefined ? undefined : await bodyOf(request);
  const [, id = '', deed = ''] = /^\w+ \/([^/]+)(?:\/(\w+))?$/.exec(call) ?? [];
  if (call === 'POST ') {
    newBackupSchema.parse(body);
    return begin(state, takingRun);
  }
  if (call.endsWith('/cancel')) {
    tellRun(state, { ...takingRun, state: 'cancelled', finishedAt: before({}) });
    return [202, takingRun];
  }
  if (call === 'POST /keys/challenge') return [200, { recipient: 'age1', challenge: armour }];
  if (call === 'POST /keys/answer') return proveKey(state, answerBackupKeySchema.parse(body).recipient);
  if (deed === 'verify') {
    const kind = verifyBackupSchema.parse(body)?.method === 'restore' ? 'prove' : 'verify';
    return begin(state, { ...takingRun, kind, bundleId: id });
  }
  if (deed === 'pin') {
    const pin = { by: 'admin', at: before({}), note: pinBackupSchema.parse(body)?.note ?? '' };
    return keep(state, id, request.method === 'PUT' ? pin : null);
  }
  if (request.method !== 'DELETE') return undefined;
  state.backups = { ...state.backups, bundles: state.backups.bundles.filter((each) => each.id !== id) };
  return [204];
}

function begin(state: BackupsState, run: BackupRun): Answer {
  if (state.backups.status.current !== null)
    return problem('backup_busy', 'a bundle is being taken by admin', { status: 409 });
  tellRun(state, run);
  return [202, run];
}

function keep(state: BackupsState, id: string, pin: BundleEntry['pin']): Answer {
  const bundles = state.backups.bundles.map((each) => (each.id === id ? pinned(each, pin) : each));
  state.backups = { ...state.backups, bundles };
  return [200, bundles.find((each) => each.id === id)];
}

function pinned(bundle: BundleEntry, pin: BundleEntry['pin']): BundleEntry {
  return { ...bundle, pin, pinned: pin !== null };
}

function proveKey(state: BackupsState, recipient: string): Answer {
  const { status } = state.backups;
  const proof = { recipient, provenAt: before({}), provenBy: 'admin' };
  const keys = status.keys.map((each) => (each.recipient === recipient ? proof : each));
  state.backups = { ...state.backups, status: { ...status, keys } };
  return [200, proof];
}

function listen(response: ServerResponse, state: BackupsState): 'streaming' {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(`event: run\ndata: ${JSON.stringify({ run: state.backups.status.current })}\n\n`);
  state.runListeners.add(response);
  response.on('close', () => state.runListeners.delete(response));
  return 'streaming';
}

function unreachable({ lastKnown }: NonNullable<BackupFixture['unreachable']>): Answer {
  const detail = 'the backup service at http://backup:8081 cannot be reached: connect ECONNREFUSED 10.0.0.7:8081';
  return problem('backup_unreachable', detail, { lastKnown, remedy: 'docker compose up -d backup' });
}

function problem(code: string, detail: string, change: Partial<Problem>): Answer {
  const status = change.status ?? 503;
  const remedy = 'Set BACKUP_SERVICE_URL and BACKUP_SERVICE_TOKEN.';
  const title = code.replaceAll('_', ' ');
  return [
    status,
    { type: `/docs/errors.md#${code}`, title, status, code, detail, remedy, requestId: 'r-1', ...change },
  ];
}

const armour = `-----BEGIN AGE ENCRYPTED FILE-----
${'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBtNzFYbDdYbGtKZ3Y2Zm5r\n'.repeat(4)}-----END AGE ENCRYPTED FILE-----
`;

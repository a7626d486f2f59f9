import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type {
  BackupDetail,
  BackupList,
  BackupRun,
  BackupStatus,
  BundleSummary,
  KeyChallenge,
  Problem,
  VerificationMethod,
} from '../../src/contract/index.ts';
import { ProblemError, readJson, request, sendJson } from './http.ts';
import { readLive, type Reading } from './live.ts';

/** How often Admin > Backups asks how the service fares; a run under way tells of itself. */
export const backupPollSeconds = 3;
const listPollSeconds = 15;
const path = '/api/admin/backups';

/** Where the progress of runs is told as it goes. */
export const runEventsPath = `${path}/runs/current/events`;

/** Why the backup service says nothing, and what was known of it before. */
export interface Silence {
  readonly problem: Problem;
  /** The newest bundle that the manager knew of; null when it never heard of one. */
  readonly lastKnown: { readonly bundle: BundleSummary | null; readonly readAt: string } | null;
}

/** What the backup service says. While it is silent, what it said before, and when that was. */
export interface Heard<T> {
  readonly said: T | null;
  /** By this browser's clock; null when it has never said anything. */
  readonly saidAt: number | null;
  readonly silence: Silence | null;
}

/** How the service fares, asked for again and again while the page is visible. */
export const backupStatusQuery = queryOptions({
  queryKey: ['backups', 'status'],
  queryFn: async ({ client, signal }) =>
    await hear<BackupStatus>(`${path}/status`, ['backups', 'status'], { client, signal }),
  refetchInterval: backupPollSeconds * 1000,
  refetchOnWindowFocus: 'always',
});

/** All bundles, newest first. */
export const backupListQuery = queryOptions({
  queryKey: ['backups', 'list'],
  queryFn: async ({ client, signal }) => await hear<BackupList>(path, ['backups', 'list'], { client, signal }),
  refetchInterval: listPollSeconds * 1000,
  refetchOnWindowFocus: 'always',
});

/** One bundle with all that is known of it. */
export function backupQuery(id: string) {
  return queryOptions({
    queryKey: ['backups', 'bundle', id],
    queryFn: async ({ signal }) => (await readJson(await request(`${path}/${id}`, { signal }))) as BackupDetail,
    refetchInterval: listPollSeconds * 1000,
  });
}

interface Hearing {
  readonly client: QueryClient;
  readonly signal: AbortSignal;
}

/** A service that cannot be asked is something to show, not a failure of the page: only the manager's own failures throw. */
async function hear<T>(from: string, key: readonly string[], { client, signal }: Hearing): Promise<Reading<Heard<T>>> {
  try {
    const { value, ...freshness } = await readLive<T>(from, signal);
    return { value: { said: value, saidAt: freshness.answeredAt, silence: null }, ...freshness };
  } catch (error) {
    if (!(error instanceof ProblemError) || !error.problem.code.startsWith('backup_')) throw error;
    const before = client.getQueryData<Reading<Heard<T>>>(key);
    const { said, saidAt } = before?.value ?? { said: null, saidAt: null };
    const silence = { problem: error.problem, lastKnown: lastKnownOf(error.problem) };
    return { value: { said, saidAt, silence }, answeredAt: Date.now(), clockSkewMs: before?.clockSkewMs ?? 0 };
  }
}

function lastKnownOf(problem: Problem): Silence['lastKnown'] {
  return (problem['lastKnown'] ?? null) as Silence['lastKnown'];
}

/** Begins to take a bundle, pinned from the start when there is a note. */
export async function takeBackup(pinNote: string): Promise<BackupRun> {
  const body = pinNote === '' ? {} : { pinNote };
  return (await readJson(await sendJson('POST', path, body))) as BackupRun;
}

/** Begins to read a bundle's checksums, or to prove it by a restore. */
export async function verifyBackup(id: string, method: VerificationMethod): Promise<BackupRun> {
  return (await readJson(await sendJson('POST', `${path}/${id}/verify`, { method }))) as BackupRun;
}

/** Keeps a bundle from retention. */
export async function pinBackup(id: string, note: string): Promise<void> {
  await sendJson('PUT', `${path}/${id}/pin`, { note });
}

/** Gives a bundle back to retention. */
export async function unpinBackup(id: string): Promise<void> {
  await request(`${path}/${id}/pin`, { method: 'DELETE' });
}

/** Deletes a bundle from every target. */
export async function deleteBackup(id: string): Promise<void> {
  await request(`${path}/${id}`, { method: 'DELETE' });
}

/** Gives a run up; what it has written is removed. */
export async function cancelRun(id: string): Promise<void> {
  await request(`${path}/runs/${id}/cancel`, { method: 'POST' });
}

/** Where a bundle is downloaded as one archive. */
export function downloadPath(id: string): string {
  return `${path}/${id}/download`;
}

/** A text for the holder of a private key to decrypt. */
export async function challengeKey(recipient: string): Promise<KeyChallenge> {
  return (await readJson(await sendJson('POST', `${path}/keys/challenge`, { recipient }))) as KeyChallenge;
}

/** Gives the decrypted text back; the proof is then on record. */
export async function answerKey(recipient: string, text: string): Promise<void> {
  await sendJson('POST', `${path}/keys/answer`, { recipient, text });
}

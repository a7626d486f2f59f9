import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabases, populated, scratchFolder, startS3Server, waitFor } from '../../../test/testkit/index.ts';
import { createTestBackupService } from '../../../test/testkit/test-backup-service.ts';
import { silentLog, systemClock, type Clock } from '../../base/index.ts';
import type { BackupRun, BackupStatus, BundleEntry, BundleList } from '../../contract/index.ts';
import { openPlaces } from '../places.ts';
import { S3Target } from '../targets/index.ts';

/** A service that copies to a store, of which a test decides what it answers. */
async function setup() {
  const databases = await createTestDatabases({ template: populated });
  onTestFinished(async () => await databases[Symbol.asyncDispose]());
  const store = await startS3Server();
  onTestFinished(async () => await store[Symbol.asyncDispose]());
  const scratch = await scratchFolder();
  onTestFinished(async () => await scratch[Symbol.asyncDispose]());
  const retention = { last: 5, daily: 0, weekly: 0, monthly: 0 };
  const target = new S3Target({ name: 's3', url: store.url, retention, retries: { attempts: 1, delayMs: 1 } });
  const place = openPlaces({ path: join(scratch.path, 'places.json'), clock: systemClock, log: silentLog })(target);
  let ahead = 0;
  const clock: Clock = { now: () => new Date(Date.now() + ahead) };
  const service = await createTestBackupService({
    urls: databases.urls('readonly'),
    take: { others: [place] },
    clock,
    catchUp: { lookEveryMs: 20 },
  });
  onTestFinished(async () => await service[Symbol.asyncDispose]());
  const status = async () => (await service.ask('/api/status')).json<BackupStatus>();
  const bundle = async (id: string) => (await service.ask(`/api/bundles/${id}`)).json<BundleEntry>();
  const s3 = async () => (await status()).targets.find(({ name }) => name === 's3');
  const ended = async (is: (run: BackupRun) => boolean, what: string): Promise<BackupRun> =>
    await waitFor(async () => (await status()).recentRuns.find(is), { what, timeoutMs: 150_000 });
  const take = async () => {
    const { id } = (
      await service.ask({ method: 'POST', url: '/api/bundles', payload: { by: 'ada' } })
    ).json<BackupRun>();
    return await ended((run) => run.id === id, `run ${id} to end`);
  };
  const later = (ms: number): void => void (ahead += ms);
  return { ...service, store, status, bundle, s3, ended, take, later };
}

test(
  'a store whose credential expired is caught up once it takes bundles again, with the reason told meanwhile',
  { timeout: 300_000 },
  async () => {
    const setting = await setup();
    const { store, s3, take, ended, later, bundle } = setting;
    const first = await take();
    expect(first).toMatchObject({ state: 'succeeded' });
    await waitFor(async () => (await s3())?.copies?.there === 1, {
      what: 'the first bundle to be seen on the store',
      timeoutMs: 60_000,
    });

    store.interfere((request, response) => {
      if (request.method !== 'PUT') return false;
      response.writeHead(400, { 'content-type': 'application/xml', connection: 'close' });
      response.end('<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>no</Message></Error>');
      return true;
    });
    const second = await take();
    expect(second).toMatchObject({ state: 'failed', error: { code: 'backup_copy_failed' } });
    const failed = await ended(({ kind }) => kind === 'copy', 'the copy to be tried');
    expect(failed).toMatchObject({
      state: 'failed',
      by: 'schedule',
      bundleId: second.bundleId,
      error: { code: 'target_refused' },
    });
    const away = await waitFor(async () => ((await s3())?.catchUp === null ? undefined : await s3()), {
      what: 'the failure to be told',
      timeoutMs: 60_000,
    });
    expect(away).toMatchObject({
      status: 'ok',
      copies: { wanted: 2, there: 1, missing: [second.bundleId] },
      catchUp: {
        failures: 1,
        error: { code: 'target_refused', message: expect.stringContaining('expired') as string },
      },
    });
    expect(away?.copies?.missingSince).toBe((await bundle(second.bundleId ?? '')).createdAt);
    expect((await setting.ask('/metrics')).body).toContain('plimsoll_backup_target_missing_bundles{target="s3"} 1');

    store.interfere(undefined);
    later(61_000);
    const copied = await ended(({ kind, state }) => kind === 'copy' && state === 'succeeded', 'the copy to succeed');
    expect(copied.bundleId).toBe(second.bundleId);
    expect(copied.doneBytes).toBeGreaterThan(0);
    await waitFor(async () => (await s3())?.catchUp === null, {
      what: 'the failure to be forgotten',
      timeoutMs: 60_000,
    });
    expect(await s3()).toMatchObject({ copies: { wanted: 2, there: 2, missing: [], missingSince: null } });
    const { bundles } = (await setting.ask('/api/bundles')).json<BundleList>();
    expect(bundles.map(({ copies }) => copies.map(({ target, state, standing }) => [target, state, standing]))).toEqual(
      bundles.map(() => [
        ['local', 'whole', 'verified'],
        ['s3', 'whole', 'completed'],
      ]),
    );
  },
);

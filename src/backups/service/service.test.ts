import { rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestBackupService, serviceToken } from '../../../test/testkit/test-backup-service.ts';
import { sampleDumps, scratchFolder, writeSampleBundle } from '../../../test/testkit/index.ts';
import { waitFor } from '../../../test/testkit/wait-for.ts';
import { Secret, silentLog, systemClock } from '../../base/index.ts';
import type { BackupStatus } from '../../contract/index.ts';
import { createBackupClient } from '../client/index.ts';
import { holderOf, lockFolder } from '../lock/index.ts';
import { recordDirectRun } from './direct-run.ts';

/** Some of these write to the disk for good, which a busy machine takes its time for. */
const minute = { timeout: 60_000 };

test('without any bundle latest is null and the list is empty, which is an answer and no error', async () => {
  await using setup = await createTestBackupService();
  expect((await setup.ask('/api/bundles/latest')).json()).toMatchObject({ bundle: null });
  expect((await setup.ask('/api/bundles')).json()).toEqual({ bundles: [], broken: [] });
  expect((await setup.ask('/readyz')).json()).toEqual({ status: 'ready' });
});

test.each([undefined, 'Bearer ', 'Bearer another-token-of-length', 'Basic abc', 'Bearer a-token-of-the-backup-servic'])(
  'a call with the header %j is refused by name, and no answer shows the token',
  async (authorization) => {
    await using setup = await createTestBackupService();
    for (const url of ['/api/bundles', '/api/status', '/api/bundles/latest']) {
      const headers = authorization === undefined ? {} : { authorization };
      const response = await setup.service.app.inject({ url, headers });
      expect(response.statusCode).toBe(401);
      expect(response.json()).toMatchObject({ code: 'service_token_refused' });
      expect(response.headers['www-authenticate']).toContain('Bearer');
    }
  },
);

test('health, metrics and the description of the API need no token', async () => {
  await using setup = await createTestBackupService();
  for (const url of ['/livez', '/readyz', '/metrics', '/api/openapi.json'])
    expect((await setup.service.app.inject({ url })).statusCode).toBe(200);
});

test('bundles are listed newest first, each with what is known of it', async () => {
  await using setup = await createTestBackupService();
  const older = await setup.addBundle({ createdAt: '2026-11-20T02:10:00.000Z' });
  const newer = await setup.addBundle({ createdAt: '2026-11-21T02:10:00.000Z' });
  await setup.service.refresh();
  const { bundles } = (await setup.ask('/api/bundles')).json<{ bundles: unknown[] }>();
  expect(bundles).toMatchObject([
    { id: newer.id, state: 'completed', verifiedAt: null, copies: [{ target: 'local', state: 'whole' }] },
    { id: older.id },
  ]);
  const { bundle } = (await setup.ask('/api/bundles/latest')).json<{ bundle: object }>();
  expect(bundle).toMatchObject({ id: newer.id, schemaVersions: { config: 7, results: 7, jobs: 7 } });
  expect(bundle).not.toHaveProperty('manifest');
  expect((await setup.ask(`/api/bundles/${older.id}`)).json()).toMatchObject({ id: older.id });
});

test.each(['20260101T000000Z-00000000', '..%2f..%2fetc', 'x', '%00'])('no bundle has the id %s', async (id) => {
  await using setup = await createTestBackupService();
  const response = await setup.ask(`/api/bundles/${id}`);
  expect([400, 404]).toContain(response.statusCode);
  expect(response.headers['content-type']).toContain('application/problem+json');
});

test('a target that goes away keeps what was known of it, and the status says why it cannot be read', async () => {
  await using setup = await createTestBackupService();
  const { id } = await setup.addBundle();
  await setup.service.refresh();
  await rename(setup.folder, `${setup.folder}-unplugged`);
  await setup.service.refresh();
  expect((await setup.ask('/api/bundles/latest')).json()).toMatchObject({ bundle: { id } });
  expect((await setup.ask(`/api/bundles/${id}`)).json()).toMatchObject({
    copies: [{ target: 'local', state: 'unknown' }],
  });
  expect((await setup.ask('/api/status')).json()).toMatchObject({
    targets: [{ name: 'local', status: 'unavailable', bundles: 1, error: { code: 'target_unavailable' } }],
  });
});

test('a folder that cannot be used is named by every answer, and the service stays up for when it can', async () => {
  await using setup = await createTestBackupService({ folder: '/proc/nowhere/backups' });
  expect(setup.logs.join('')).toContain('BACKUP_DIR /proc/nowhere/backups cannot be used');
  expect((await setup.ask('/livez')).statusCode).toBe(200);
  const ready = await setup.ask('/readyz');
  expect(ready.statusCode).toBe(503);
  expect(ready.json()).toMatchObject({
    code: 'backup_targets_unread',
    detail: expect.stringContaining('local') as string,
  });
  expect((await setup.ask('/api/status')).json()).toMatchObject({
    targets: [{ status: 'unavailable', bundles: null }],
  });
  const begun = await setup.ask({ method: 'POST', url: '/api/bundles', payload: { by: 'ada' } });
  expect(begun.statusCode).toBe(202);
  const { id } = begun.json<{ id: string }>();
  const run = await waitFor(
    async () => {
      const found = (await setup.ask(`/api/runs/${id}`)).json<{ state: string }>();
      return found.state === 'running' ? undefined : found;
    },
    { what: 'the run to end' },
  );
  expect(run).toMatchObject({ state: 'failed', error: { code: 'backup_folder_unusable' } });
});

test('a bundle is not deleted while it is downloaded, and is when the download has ended', minute, async () => {
  await using setup = await createTestBackupService();
  await using scratch = await scratchFolder();
  // More than fits between the two ends while nobody reads.
  const { folder, id } = await writeSampleBundle(scratch.path, {}, sampleDumps(4_000_000));
  await setup.home.target.publish(folder, id, {
    onBytes: () => undefined,
    signal: new AbortController().signal,
  });
  await setup.service.refresh();
  await setup.service.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = setup.service.app.server.address() as AddressInfo;
  const client = createBackupClient({ url: `http://127.0.0.1:${port}`, token: new Secret(serviceToken) });
  const download = await client.download(id, { signal: new AbortController().signal });
  await expect(client.remove(id, 'bob')).rejects.toMatchObject({
    code: 'bundle_in_use',
    httpStatus: 409,
    message: expect.stringContaining('a download by the backup service since ') as string,
  });
  expect((await client.list()).bundles).toHaveLength(1);
  await download.body?.cancel();
  await waitFor(
    async () =>
      await client.remove(id, 'bob').then(
        () => true,
        () => false,
      ),
    { what: 'the bundle to be free' },
  );
  expect((await client.list()).bundles).toEqual([]);
});

test('what is done without the service is seen by it: at work, failed, or killed', minute, async () => {
  await using setup = await createTestBackupService();
  const { folder } = setup;
  const runs = async () => {
    await setup.service.refresh();
    return (await setup.ask('/api/status')).json<BackupStatus>().recentRuns;
  };
  const terms = { kind: 'verify', by: 'ada', bundleId: null, folder, clock: systemClock, log: silentLog } as const;
  const signal = new AbortController().signal;
  const judge = (): void => {
    throw new Error('one file is damaged');
  };
  const outcome = recordDirectRun({ ...terms, signal, judge }, async (run) => {
    await using _ = await lockFolder(folder, holderOf('verifying a bundle', 'ada', systemClock));
    await run.begun();
    const [atWork] = await runs();
    expect(atWork).toMatchObject({ kind: 'verify', state: 'running', by: 'ada', finishedAt: null });
    const url = `/api/runs/${atWork?.id}/cancel`;
    const cancelled = await setup.ask({ method: 'POST', url, payload: { by: 'bob' } });
    expect([cancelled.statusCode, cancelled.json<{ code: string }>().code]).toEqual([409, 'backup_run_elsewhere']);
    return 'what was found';
  });
  expect(await outcome).toBe('what was found');
  const [failed] = await runs();
  expect(failed).toMatchObject({ state: 'failed', error: { message: 'one file is damaged' } });
  // As a process that was killed leaves it: nobody has the lock any more.
  const killed = { ...failed, state: 'running', finishedAt: null, error: null };
  await writeFile(join(folder, 'runs', `${failed?.id}.json`), JSON.stringify(killed));
  expect(await runs()).toMatchObject([{ state: 'interrupted', error: { code: 'backup_run_interrupted' } }]);
});

test(
  'work without the service that was refused is no run, and given up by hand it is one that was cancelled',
  minute,
  async () => {
    await using setup = await createTestBackupService();
    const { folder } = setup;
    const giveUp = new AbortController();
    const terms = { kind: 'take', by: 'ada', bundleId: null, folder, clock: systemClock, log: silentLog } as const;
    const refused = recordDirectRun({ ...terms, signal: giveUp.signal }, async () => {
      await using _ = await lockFolder(folder, holderOf('taking a bundle', 'bob', systemClock));
      await lockFolder(folder, holderOf('taking a bundle', 'ada', systemClock));
    });
    await expect(refused).rejects.toMatchObject({ code: 'backup_busy' });
    await setup.service.refresh();
    expect((await setup.ask('/api/status')).json()).toMatchObject({ recentRuns: [] });
    const given = recordDirectRun({ ...terms, signal: giveUp.signal }, async (run) => {
      await run.begun();
      run.named('20261120T021000Z-00000001');
      giveUp.abort();
      giveUp.signal.throwIfAborted();
    });
    await expect(given).rejects.toThrow();
    await setup.service.refresh();
    expect((await setup.ask('/api/status')).json()).toMatchObject({
      recentRuns: [
        { state: 'cancelled', bundleId: '20261120T021000Z-00000001', error: { message: 'cancelled by ada' } },
      ],
    });
  },
);

test('a request leaves a line of JSON with its id, which the answer names too', async () => {
  await using setting = await createTestBackupService();
  const answer = await setting.ask({ method: 'GET', url: '/api/status', headers: { 'x-request-id': 'r-7' } });
  expect(answer.headers['x-request-id']).toBe('r-7');
  const lines = setting.logs.map((line) => JSON.parse(line) as { requestId?: string });
  expect(lines.find(({ requestId }) => requestId === 'r-7')).toMatchObject({
    program: 'backup',
    level: 'debug',
    method: 'GET',
    route: '/api/status',
    status: 200,
  });
});

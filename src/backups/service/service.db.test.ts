import { mkdir, readdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  createTestDatabases,
  populated,
  scratchFolder,
  serverUrl,
  testEngines,
  waitFor,
} from '../../../test/testkit/index.ts';
import {
  createTestBackupService,
  serviceToken,
  type TestBackupServiceOptions,
} from '../../../test/testkit/test-backup-service.ts';
import { Secret } from '../../base/index.ts';
import type { BackupRun } from '../../contract/index.ts';
import { createBackupClient } from '../client/index.ts';
import type { DumpEngines } from '../types.ts';

async function setup(options: TestBackupServiceOptions = {}) {
  const databases = await createTestDatabases({ template: populated });
  onTestFinished(async () => await databases[Symbol.asyncDispose]());
  const setting = await createTestBackupService({ urls: databases.urls('readonly'), ...options });
  onTestFinished(async () => await setting[Symbol.asyncDispose]());
  await setting.service.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = setting.service.app.server.address() as AddressInfo;
  const client = createBackupClient({ url: `http://127.0.0.1:${port}`, token: new Secret(serviceToken) });
  const ended = async (id: string): Promise<BackupRun> =>
    await waitFor(
      async () => {
        const run = await client.run(id);
        return run.state === 'running' ? undefined : run;
      },
      { what: `run ${id} to end`, timeoutMs: 50_000 },
    );
  return { ...setting, databases, client, ended };
}

/** Engines that are found only when the test lets them be. */
function heldEngines() {
  const { promise: asked, resolve: tell } = Promise.withResolvers<void>();
  const { promise: free, resolve: release } = Promise.withResolvers<void>();
  let held = false;
  const findEngines = async (): Promise<DumpEngines> => {
    if (held) {
      tell();
      await free;
    }
    return await testEngines();
  };
  return { findEngines, hold: () => (held = true), asked, release };
}

test('a bundle is taken, verified, proven, pinned, downloaded and deleted through the client', async () => {
  const { client, ended } = await setup({ proveUrl: serverUrl('prove') });
  const { id: runId } = await client.take({ by: 'ada' });
  const taken = await ended(runId);
  expect(taken).toMatchObject({ kind: 'take', state: 'succeeded', by: 'ada', error: null });
  const id = taken.bundleId ?? '';
  expect(await client.latest()).toMatchObject({ bundle: { id, state: 'verified', pinned: false } });

  const proven = await ended((await client.verify(id, { by: 'ada', method: 'restore' })).id);
  expect(proven).toMatchObject({ kind: 'prove', state: 'succeeded', bundleId: id });
  expect(await client.bundle(id)).toMatchObject({ state: 'proven' });
  await expect(client.remove(id, 'ada')).rejects.toMatchObject({
    code: 'bundle_protected',
    message: expect.stringContaining('the last one that was proven') as string,
  });

  const { bundleId: other } = await ended((await client.take({ by: 'ada', pinNote: 'keep' })).id);
  await expect(client.remove(other ?? '', 'ada')).rejects.toMatchObject({
    code: 'bundle_protected',
    message: expect.stringContaining('pinned by ada: keep') as string,
  });
  expect(await client.unpin(other ?? '', 'bob')).toMatchObject({ pin: null });

  const signal = new AbortController().signal;
  const whole = await client.download(id, { signal });
  const archive = Buffer.from(await whole.arrayBuffer());
  expect(whole.status).toBe(200);
  const etag = whole.headers.get('etag') ?? '';
  const rest = await client.download(id, { signal, headers: { range: 'bytes=1000-', 'if-range': etag } });
  expect(rest.status).toBe(206);
  expect(Buffer.from(await rest.arrayBuffer())).toEqual(archive.subarray(1000));
  const changed = await client.download(id, { signal, headers: { range: 'bytes=1000-', 'if-range': '"another"' } });
  expect(changed.status).toBe(200);
  await changed.body?.cancel();
  expect((await client.download(id, { signal, headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await client.download(id, { signal, headers: { range: 'bytes=999999999-' } })).status).toBe(416);

  await client.remove(other ?? '', 'ada');
  expect((await client.list()).bundles.map((bundle) => bundle.id)).toEqual([id]);
  await expect(client.remove(other ?? '', 'ada')).rejects.toMatchObject({ code: 'bundle_missing' });
});

test('a second run is refused and told what is at work; cancelling ends it and leaves nothing', async () => {
  const engines = heldEngines();
  const { client, ended, folder } = await setup({ take: { findEngines: engines.findEngines } });
  engines.hold();
  const first = await client.take({ by: 'ada' });
  await engines.asked;
  await expect(client.take({ by: 'bob' })).rejects.toMatchObject({
    code: 'backup_busy',
    exitCode: 3,
    message: expect.stringContaining(`run ${first.id} by ada`) as string,
  });
  expect(await client.status()).toMatchObject({ current: { id: first.id, phase: 'measuring the databases' } });
  await client.cancel(first.id, 'bob');
  engines.release();
  expect(await ended(first.id)).toMatchObject({
    state: 'cancelled',
    error: { code: 'backup_run_cancelled', message: 'cancelled by bob' },
  });
  await expect(client.cancel(first.id, 'bob')).rejects.toMatchObject({ code: 'backup_run_ended' });
  expect(await readdir(join(folder, 'incoming')).catch(() => [])).toEqual([]);
  expect((await client.list()).bundles).toEqual([]);
});

test('the events of a run tell how far each database is, and whoever comes back sees how it ended', async () => {
  const { client, ended } = await setup();
  const listening = new AbortController();
  const seen: { id: string; run: BackupRun | null }[] = [];
  const done = (async () => {
    for await (const event of client.events({ signal: listening.signal })) {
      seen.push(event);
      if (event.run !== null && event.run.state !== 'running') return;
    }
  })();
  await waitFor(() => seen.length > 0, { what: 'the first event' });
  expect(seen[0]?.run).toBeNull();
  const { id } = await client.take({ by: 'ada' });
  await done;
  listening.abort();
  const states = seen.flatMap(({ run }) => run?.databases.map(({ state }) => state) ?? []);
  expect(new Set(states)).toEqual(new Set(['waiting', 'running', 'done']));
  expect(seen.at(-1)?.run).toMatchObject({ id, state: 'succeeded', phase: 'done' });
  await ended(id);
  const back = new AbortController();
  const iterator = client.events({ signal: back.signal, lastEventId: seen[0]?.id });
  expect((await iterator.next()).value).toMatchObject({ run: { id, state: 'succeeded' } });
  back.abort();
  await iterator.return(undefined);
});

test('databases that are not there make a failed run with a named error, which the status keeps', async () => {
  const nowhere = new Secret('postgres://nobody@127.0.0.1:1/nowhere');
  const { client, ended } = await setup({ urls: { config: nowhere, results: nowhere, jobs: nowhere } });
  const { id } = await client.take({ by: 'ada' });
  expect(await ended(id)).toMatchObject({ state: 'failed', error: { code: 'database_unreachable' } });
  expect(await client.status()).toMatchObject({ current: null, recentRuns: [{ id, state: 'failed' }] });
  expect(await client.latest()).toMatchObject({ bundle: null, lastTake: { state: 'failed' } });
  await expect(client.verify('20260101T000000Z-00000000', { by: 'ada' })).rejects.toMatchObject({
    code: 'bundle_missing',
  });
});

test('one flipped bit makes a bundle damaged, in the run, in the list and in the metrics', async () => {
  const { client, ended, folder, service } = await setup();
  const { bundleId } = await ended((await client.take({ by: 'ada' })).id);
  const bundle = join(folder, 'bundles', bundleId ?? '');
  const dump = (await readdir(bundle)).find((name) => name.startsWith('jobs')) ?? '';
  await writeFile(join(bundle, dump), Buffer.from('x'), { flag: 'r+' });
  const run = await ended((await client.verify(bundleId ?? '', { by: 'ada' })).id);
  expect(run).toMatchObject({ state: 'failed', error: { code: 'bundle_damaged' } });
  expect(await client.latest()).toMatchObject({ bundle: { id: bundleId, state: 'damaged' } });
  const metrics = (await service.app.inject('/metrics')).body;
  expect(metrics).toContain('plimsoll_backup_bundles{state="damaged"} 1');
  expect(metrics).toContain('plimsoll_backup_runs_total{kind="verify",result="failed"} 1');
  expect(metrics).not.toMatch(/plimsoll_backup_last_bundle_age_seconds \d/);
});

test('what was running when the process was killed is told as interrupted by the next one, and its litter is gone', async () => {
  const scratch = await scratchFolder();
  onTestFinished(async () => await scratch[Symbol.asyncDispose]());
  const folder = join(scratch.path, 'backups');
  {
    await using first = await createTestBackupService({ folder });
    await first.home.target.makeWorkFolder('take-0badf00d');
  }
  const id = '20261122T021000000Z-0badf00d';
  const left: BackupRun = {
    id,
    kind: 'take',
    bundleId: null,
    state: 'running',
    by: 'schedule',
    startedAt: '2026-11-22T02:10:00.000Z',
    finishedAt: null,
    phase: 'dumping jobs',
    databases: [],
    doneBytes: 0,
    estimatedBytes: 0,
    error: null,
  };
  await mkdir(join(folder, 'runs'), { recursive: true });
  await writeFile(join(folder, 'runs', `${id}.json`), JSON.stringify(left));
  await using second = await createTestBackupService({ folder });
  expect((await second.ask(`/api/runs/${id}`)).json()).toMatchObject({
    state: 'interrupted',
    error: { code: 'backup_run_interrupted', message: 'the backup service ended while this was at: dumping jobs' },
  });
  expect(second.logs.join('')).toContain('an earlier run was interrupted while it was at: dumping jobs');
  expect(second.logs.join('')).toContain('take-0badf00d');
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('stopping while a bundle is taken ends in time, and the run is told as interrupted', async () => {
  const engines = heldEngines();
  const { client, service, folder } = await setup({ take: { findEngines: engines.findEngines } });
  engines.hold();
  const { id } = await client.take({ by: 'ada' });
  await engines.asked;
  const events = client.events({ signal: new AbortController().signal });
  await events.next();
  const stopped = service.stop();
  engines.release();
  await stopped;
  await using next = await createTestBackupService({ folder });
  expect((await next.ask(`/api/runs/${id}`)).json()).toMatchObject({ state: 'interrupted' });
});

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  createTestDatabases,
  populated,
  queryServer,
  scratchFolder,
  startPostgresProxy,
  testEngines,
  testTarget,
  waitFor,
} from '../../../test/testkit/index.ts';
import { silentLog, systemClock } from '../../base/index.ts';
import { connect, disconnect } from '../../postgres/index.ts';
import { databaseNames, type DatabaseProgress } from '../../contract/index.ts';
import { listBundles } from '../bundle/index.ts';
import { openPlaces, type Place } from '../places.ts';
import { DirectoryTarget } from '../targets/index.ts';
import type { DumpEngine, DumpEngines } from '../types.ts';
import { takeBundle, type TakeDeps, type TakeRequest } from './take.ts';

async function setup(change: Partial<TakeDeps> = {}) {
  const scratch = await scratchFolder();
  onTestFinished(async () => await scratch[Symbol.asyncDispose]());
  const databases = await createTestDatabases({ template: populated });
  onTestFinished(async () => await databases[Symbol.asyncDispose]());
  const place = openPlaces({ path: join(scratch.path, 'known.json'), clock: systemClock, log: silentLog });
  const root = join(scratch.path, 'backups');
  const home = place(testTarget(root));
  const deps: TakeDeps = {
    urls: databases.urls('readonly'),
    findEngines: testEngines,
    home,
    others: [],
    recipients: [],
    app: { version: '1.0.0', imageSha: 'unknown' },
    leaseLatencyLimitMs: 0,
    zone: 'UTC',
    clock: systemClock,
    log: silentLog,
    ...change,
  };
  const phases: string[] = [];
  const progress: (readonly DatabaseProgress[])[] = [];
  const take = async (request: Partial<TakeRequest> = {}, over: Partial<TakeDeps> = {}) =>
    await takeBundle(
      { ...deps, ...over },
      {
        by: 'ada',
        reason: 'manual',
        pinNote: null,
        previous: undefined,
        observer: {
          phase: (text) => void phases.push(text),
          named: () => undefined,
          databases: (list) => void progress.push(list),
        },
        signal: new AbortController().signal,
        ...request,
      },
    );
  const left = async () => await readdir(join(root, 'incoming')).catch(() => []);
  return { scratch: scratch.path, root, databases, place, home, deps, take, phases, progress, left };
}

async function bundlesIn(place: Place): Promise<string[]> {
  const { bundles, broken } = await listBundles((await place.forReading()).target);
  expect(broken).toEqual([]);
  return bundles.map(({ manifest }) => manifest.id);
}

test('a bundle is taken of the three snapshots, read back, and nothing else is left', async () => {
  const { take, home, left, phases, progress } = await setup();
  const { manifest, copies } = await take();
  expect(copies).toEqual([{ target: 'local', error: null, removed: [] }]);
  expect(manifest).toMatchObject({ takenBy: 'ada', reason: 'manual', encryption: null, appVersion: '1.0.0' });
  expect(manifest.databases.map(({ name }) => name)).toEqual([...databaseNames]);
  expect(manifest.crossChecks.map(({ missing }) => missing)).toEqual(manifest.crossChecks.map(() => 0));
  expect(await bundlesIn(home)).toEqual([manifest.id]);
  const [verification] = await (await home.forReading()).records.verifications(manifest.id);
  expect(verification).toMatchObject({ method: 'checksums', result: 'passed', by: 'ada' });
  expect(await left()).toEqual([]);
  expect(phases.indexOf('dumping jobs')).toBeLessThan(phases.indexOf('dumping results and config'));
  expect(
    progress
      .at(-1)
      ?.every(
        ({ state, doneBytes, estimatedBytes }) => state === 'done' && doneBytes > 0 && doneBytes === estimatedBytes,
      ),
  ).toBe(true);
});

test('a second one of the same deployment is refused while one is at work, and says who is at it', async () => {
  const { take, home, scratch, place } = await setup();
  const elsewhere = place(
    new DirectoryTarget({ name: 'elsewhere', root: join(scratch, 'elsewhere'), retention: home.target.retention }),
  );
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const { promise: goOn, resolve: release } = Promise.withResolvers<void>();
  const first = take(
    {},
    {
      findEngines: async () => {
        resolve();
        await goOn;
        return await testEngines();
      },
    },
  );
  await begun;
  await expect(take({ by: 'bob' })).rejects.toMatchObject({
    code: 'backup_busy',
    message: expect.stringMatching(/taking a bundle by ada since .* \(process \d+ on /) as string,
  });
  await expect(take({ by: 'bob' }, { home: elsewhere })).rejects.toMatchObject({
    code: 'backup_busy',
    message: expect.stringMatching(/config database is held by "plimsoll backup: taking a bundle by ada/) as string,
  });
  release();
  const { manifest } = await first;
  expect(await bundlesIn(home)).toEqual([manifest.id]);
});

test.each(['taking the snapshots', 'dumping jobs', 'dumping results and config', 'reading back what was written'])(
  'cancelled while %s: what is listed is whole, and nothing half-written is left',
  async (phase) => {
    const { take, home, left, deps } = await setup();
    const cancel = new AbortController();
    const observer = {
      phase: (text: string) => {
        if (text === phase) cancel.abort(new Error('enough'));
      },
      named: () => undefined,
      databases: () => undefined,
    };
    await expect(take({ observer, signal: cancel.signal })).rejects.toThrow('enough');
    expect(await bundlesIn(home)).toEqual([]);
    expect(await left()).toEqual([]);
    await waitFor(
      async () => {
        const rows = await queryServer(
          "select 1 from pg_stat_activity where application_name like 'plimsoll backup%' and datname like $1",
          [`%${new URL(deps.urls.config.reveal()).pathname.slice(1).replace(/config$/, '')}%`],
        );
        return rows.length === 0;
      },
      { what: 'all sessions to be closed' },
    );
    const { manifest } = await take();
    expect(await bundlesIn(home)).toEqual([manifest.id]);
  },
);

test(
  'a dump whose snapshot makes leasing slow is given up by name, and nothing of it is left',
  { timeout: 180_000 },
  async () => {
    const { take, home, left, databases } = await setup();
    // One of the tables is locked before it is dumped, so that the dump and its snapshot stay for as long as the test wants.
    const holder = await connect({
      name: 'jobs',
      url: databases.urls('superuser').jobs,
      applicationName: 'plimsoll test',
      connectTimeoutMs: 10_000,
    });
    onTestFinished(async () => await disconnect(holder));
    const findEngines = async (): Promise<DumpEngines> => {
      const engines = await testEngines();
      const choose: DumpEngines['choose'] = (source) => {
        const engine = engines.choose(source);
        const dump: DumpEngine['dump'] = async (request) => {
          await holder.query('begin; lock table scans in access exclusive mode');
          return await engine.dump(request);
        };
        return source.name === 'jobs' ? { ...engine, dump } : engine;
      };
      return { ...engines, choose };
    };
    let ended = false;
    const taking = take({}, { findEngines, leaseLatencyLimitMs: 1 })
      .catch((error: unknown) => error)
      .finally(() => (ended = true));
    await waitFor(
      async () => {
        // A machine that is busy with other things may be too slow already.
        if (ended) return true;
        const waiting =
          "select 1 from pg_stat_activity where datname = $1 and query ilike 'lock table%scans%' and wait_event_type = 'Lock'";
        return (await queryServer(waiting, [databases.jobs.databaseName])).length > 0;
      },
      { what: 'the dump of the jobs to be held up', timeoutMs: 30_000 },
    );
    // Jobs that came and went while the snapshot was there: vacuum may not remove them, and each look passes them all.
    await databases.jobs.query(
      'owner',
      `insert into pgboss.job (name, data, priority) select 'scan-jobs', '{}', 9 from generate_series(1, 40000);
     delete from pgboss.job where priority = 9`,
    );
    expect(await taking).toMatchObject({
      code: 'backup_leasing_slow',
      hint: expect.stringContaining('BACKUP_LEASE_LATENCY_LIMIT_MS') as string,
      details: { limitMs: 1 },
    });
    expect(await left()).toEqual([]);
    expect(await bundlesIn(home)).toEqual([]);
    await holder.query('rollback');
    const { manifest } = await take();
    expect(await bundlesIn(home)).toEqual([manifest.id]);
  },
);

test('a target that fails is told by name, and the bundle is whole on the others', async () => {
  const { take, home, scratch, place } = await setup();
  const retention = home.target.retention;
  const good = place(new DirectoryTarget({ name: 'second', root: join(scratch, 'second'), retention }));
  const bad = place(new DirectoryTarget({ name: 'third', root: '/proc/nowhere', retention }));
  await expect(take({}, { others: [bad, good] })).rejects.toMatchObject({
    code: 'backup_copy_failed',
    message: expect.stringMatching(/is whole on local and second, but was not copied: third: /) as string,
  });
  expect(await bundlesIn(good)).toEqual(await bundlesIn(home));
  expect(await bundlesIn(home)).toHaveLength(1);
});

test('what a killed service left is swept, and old bundles go only after the new one is whole', async () => {
  const { take, home, left, root } = await setup();
  await take();
  const kept = await home.forReading();
  await home.target.makeWorkFolder('take-00000000');
  const ids = [];
  for (let count = 0; count < 4; count += 1) ids.push((await take()).manifest.id);
  expect(await left()).toEqual([]);
  expect(await bundlesIn(home)).toEqual(ids.slice(-3).toReversed());
  expect(await readdir(join(root, 'ledger'))).toHaveLength(3);
  expect(kept.target.name).toBe('local');
});

test('a pinned bundle is pinned from the start', async () => {
  const { take, home } = await setup();
  const { manifest } = await take({ pinNote: 'before the upgrade' });
  const pins = await (await home.forReading()).records.pins();
  expect(pins.get(manifest.id)).toMatchObject({ by: 'ada', note: 'before the upgrade' });
});

test('a folder too small for the bundle is refused before anything is begun', async () => {
  const { take, home, left } = await setup();
  const small = Object.assign(Object.create(home.target) as DirectoryTarget, {
    freeBytes: () => Promise.resolve(1000),
  });
  await expect(take({}, { home: { ...home, target: small } })).rejects.toMatchObject({
    code: 'backup_room_short',
    message: expect.stringContaining('1 MB free') as string,
  });
  expect(await left()).toEqual([]);
});

test('a database that is down is named, and nothing is written', async () => {
  const { take, deps, left, home } = await setup();
  await using proxy = await startPostgresProxy(deps.urls.results);
  const urls = { ...deps.urls, results: proxy.urlThrough(deps.urls.results) };
  await proxy.stop();
  await expect(take({}, { urls })).rejects.toMatchObject({
    code: 'database_unreachable',
    message: expect.stringContaining('results database') as string,
  });
  expect(await left()).toEqual([]);
  expect(await bundlesIn(home)).toEqual([]);
});

test('a known folder that has lost its mark is not taken for an empty one', async () => {
  const { take, root, home } = await setup();
  await take();
  await rm(root, { recursive: true });
  await expect(take()).rejects.toMatchObject({ code: 'target_unrecognised' });
  await expect(home.forReading()).rejects.toMatchObject({ code: 'target_unrecognised' });
});

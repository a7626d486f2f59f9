import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createTestDatabases,
  manualClock,
  scratchFolder,
  startPostgresProxy,
  type TestDatabases,
} from '../../../test/testkit/index.ts';
import { silentLog, type Secret } from '../../base/index.ts';
import type { HistoryItem, ReleasePosture } from '../../contract/index.ts';
import { openDatabase, type Database } from '../../postgres/index.ts';
import { postureOf } from './fixtures.ts';
import { readHistory, readPostureAt } from './history.ts';
import { createHistoryRecorder } from './recorder.ts';
import { settleMs } from './settle.ts';
import { recordDeployment } from './store.ts';

const start = new Date('2026-05-03T12:00:00.000Z');
const minute = 60_000;
const well = postureOf();
const behind = postureOf({ databases: { jobs: { status: 'behind', required: 6 } } });
const drifted = postureOf({
  databases: { jobs: { problems: [{ code: 'drift', message: 'jobs differs', remedy: '' }] } },
});
const next = (posture: ReleasePosture): ReleasePosture => ({ ...posture, app: { ...posture.app, version: '1.5.0' } });

function open(url: Secret): Database {
  return openDatabase({
    name: 'config',
    url,
    applicationName: 'test',
    connectTimeoutMs: 1500,
    statementTimeoutMs: 1500,
    max: 2,
  });
}

/** A deployment whose managers are made and moved by hand. */
async function setup() {
  const databases = await createTestDatabases({ migrated: true });
  const folder = await scratchFolder();
  const proxy = await startPostgresProxy(databases.config.urls.app);
  const config = open(databases.config.urls.app);
  const through = open(proxy.urlThrough(databases.config.urls.app));
  const clock = manualClock(start);
  const seconds = (count: number): void => clock.advance(count * 1000);
  return {
    databases,
    proxy,
    config,
    clock,
    seconds,
    dataDir: folder.path,
    manager: (host: string, first: ReleasePosture, mostWaiting?: number) => {
      let posture = first;
      const recorder = createHistoryRecorder({
        posture: { current: () => ({ posture, json: '', etag: '' }) },
        config: through,
        dataDir: folder.path,
        clock,
        log: silentLog,
        host,
        ...(mostWaiting === undefined ? {} : { mostWaiting }),
      });
      return {
        recorder,
        see: async (now: ReleasePosture): Promise<void> => {
          posture = now;
          await recorder.tick();
        },
        /** Looks twice, so far apart that what it sees has settled. */
        settle: async (now: ReleasePosture): Promise<void> => {
          posture = now;
          await recorder.tick();
          seconds(settleMs / 1000);
          await recorder.tick();
        },
      };
    },
    items: async (query = {}) => (await readHistory(config, { limit: 50, ...query }, clock.now())).items.map(brief),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([config.close(), through.close(), proxy.stop()]);
      await databases[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function brief(item: HistoryItem): string {
  if (item.kind === 'gap') return `gap ${item.from.slice(11, 19)} ${item.to.slice(11, 19)} ${item.cause}`;
  const what = item.kind === 'posture' ? item.changes.map(({ code }) => code).join(' ') : `deployed by ${item.who}`;
  return `${item.happenedAt.slice(11, 19)} ${item.host} ${item.appVersion}${item.late ? ' late' : ''}: ${what}`;
}

test('what several managers of one build see is written once, as of the moment it was first seen, and nothing for ages', async () => {
  await using scene = await setup();
  const managers = ['a', 'b', 'c'].map((host) => scene.manager(host, well));
  const together = async (posture: ReleasePosture): Promise<void> => {
    await Promise.all(managers.map(async ({ see }) => await see(posture)));
    scene.seconds(5);
    await Promise.all(
      managers.map(async ({ see }) => await see({ ...posture, generatedAt: scene.clock.now().toISOString() })),
    );
  };
  await together(well);
  scene.seconds(55);
  await together(behind);
  await together(behind);
  await together(well);
  const items = await scene.items();
  expect(items.map((item) => item.replace(/ [abc] /, ' '))).toEqual([
    '12:01:10 1.4.0: verdict_changed gate_opened schema_required',
    '12:01:00 1.4.0: verdict_changed gate_closed schema_required',
    '12:00:00 1.4.0: history_begun',
  ]);
  // A second look long after finds the same again, also by a manager that has just started.
  scene.seconds(30);
  await together(well);
  await scene.manager('d', well).settle(well);
  expect(await scene.items()).toEqual(items);
});

test('changes wait on disk while config is down, and are written later with their own time, marked so', async () => {
  await using scene = await setup();
  const { recorder, settle } = scene.manager('a', well);
  await settle(well);
  await scene.proxy.stop();
  await settle(behind);
  expect(recorder.waiting()).toMatchObject([
    { late: true, recordedAt: null, verdict: 'stopped', happenedAt: '2026-05-03T12:00:05.000Z' },
  ]);
  expect(await readdir(join(scene.dataDir, 'posture-waiting'))).toHaveLength(1);
  scene.seconds(600);
  await settle(well);
  await scene.proxy.start();
  scene.seconds(6);
  await recorder.tick();
  expect(recorder.waiting()).toEqual([]);
  expect(await readdir(join(scene.dataDir, 'posture-waiting'))).toEqual([]);
  // The manager has watched all the time: there is no gap.
  expect(await scene.items()).toEqual([
    '12:10:10 a 1.4.0 late: verdict_changed gate_opened schema_required',
    '12:00:05 a 1.4.0 late: verdict_changed gate_closed schema_required',
    '12:00:00 a 1.4.0: history_begun',
  ]);
});

test('what a manager that was killed while config was down has left is written by the next one', async () => {
  await using scene = await setup();
  const killed = scene.manager('a', well);
  await killed.settle(well);
  await scene.proxy.stop();
  await killed.settle(behind);
  scene.seconds(300);
  await scene.proxy.start();
  await scene.manager('b', behind).settle(behind);
  expect(await readdir(join(scene.dataDir, 'posture-waiting'))).toEqual([]);
  expect(await scene.items()).toEqual([
    'gap 12:00:10 12:05:10 no_manager',
    '12:00:05 a 1.4.0 late: verdict_changed gate_closed schema_required',
    '12:00:00 a 1.4.0: history_begun',
  ]);
});

test('a manager that stops writes what it has, and the time until the next one is a gap', async () => {
  await using scene = await setup();
  const first = scene.manager('a', well);
  await first.settle(well);
  await first.recorder.stop();
  scene.seconds(120);
  expect(await scene.items()).toEqual(['gap 12:00:05 12:02:05 no_manager', '12:00:00 a 1.4.0: history_begun']);
  await scene.manager('b', drifted).settle(drifted);
  expect(await scene.items()).toEqual([
    '12:02:05 b 1.4.0: verdict_changed schema_drift',
    'gap 12:00:05 12:02:05 no_manager',
    '12:00:00 a 1.4.0: history_begun',
  ]);
});

test('more changes than a manager keeps leave a gap that says so', async () => {
  await using scene = await setup();
  const { recorder, settle } = scene.manager('a', well, 2);
  await settle(well);
  await scene.proxy.stop();
  for (const posture of [behind, drifted, behind, drifted]) {
    scene.seconds(60);
    await settle(posture);
  }
  await scene.proxy.start();
  scene.seconds(6);
  await recorder.tick();
  expect(await scene.items()).toEqual([
    '12:04:20 a 1.4.0 late: verdict_changed gate_opened schema_required schema_drift',
    '12:03:15 a 1.4.0 late: verdict_changed gate_closed schema_required',
    'gap 12:00:05 12:03:15 config_unreachable',
    '12:00:00 a 1.4.0: history_begun',
  ]);
});

test('a build that takes over is an entry; managers of the old one that go on beside it do not write it again', async () => {
  await using scene = await setup();
  const old = scene.manager('old', well);
  await old.settle(well);
  const newer = scene.manager('new', next(well));
  await newer.settle(next(well));
  await old.settle(well);
  await scene.manager('newer', next(well)).settle(next(well));
  await newer.settle(next(well));
  expect(await scene.items()).toEqual(['12:00:05 new 1.5.0: build_changed', '12:00:00 old 1.4.0: history_begun']);
  // Rolled back an hour later, when nobody runs 1.5.0 any more.
  await old.recorder.stop();
  await newer.recorder.stop();
  scene.seconds(60 * 60);
  await scene.manager('back', well).settle(well);
  expect((await scene.items())[0]).toMatch(/back 1\.4\.0: build_changed$/);
});

test('a config database that was brought back to an earlier state leaves a gap and is told the posture of now', async () => {
  await using scene = await setup();
  const { see, settle } = scene.manager('a', well);
  await settle(well);
  scene.seconds(600);
  await settle(behind);
  await forget(scene.databases);
  scene.seconds(20);
  await see(behind);
  await settle(behind);
  expect(await scene.items()).toEqual([expect.stringMatching(/^12:10:\d\d a 1\.4\.0: history_begun$/)]);
});

/** As a restore of a bundle from before all of it does. */
async function forget(databases: TestDatabases): Promise<void> {
  await databases.config.query(
    'superuser',
    `set session_replication_role = replica; delete from posture_changes; delete from posture_watches`,
  );
}

test('the posture of a time is the one recorded last before it, with the gap it lies in', async () => {
  await using scene = await setup();
  const first = scene.manager('a', well);
  await first.settle(well);
  await first.settle(behind);
  await first.recorder.stop();
  scene.clock.set(new Date('2026-05-04T12:00:00.000Z'));
  await scene.manager('b', well).settle(well);
  const at = async (time: string) => await readPostureAt(scene.config, time, scene.clock.now());
  expect(await at('2026-05-03T11:59')).toMatchObject({ status: 'ok', entry: null, posture: null, gap: null });
  expect(await at('2026-05-03T12:00:04')).toMatchObject({
    posture: { verdict: { status: well.verdict.status } },
    gap: null,
    nextChangeAt: '2026-05-03T12:00:05.000Z',
  });
  expect(await at('2026-05-03')).toMatchObject({
    at: '2026-05-03T23:59:59.999Z',
    entry: { verdict: 'stopped', host: 'a' },
    posture: behind,
    gap: { cause: 'no_manager', to: '2026-05-04T12:00:00.000Z' },
  });
  // A time to come is now.
  expect(await at('2027-01-01')).toMatchObject({ at: '2026-05-04T12:00:05.000Z', gap: null, nextChangeAt: null });
  await expect(at('yesterday')).rejects.toMatchObject({ code: 'history_time_invalid' });
});

test('the history is given in pages, each gap on one of them, and within a span', async () => {
  await using scene = await setup();
  for (const [minutes, posture] of [
    [0, well],
    [10, behind],
    [20, well],
    [30, behind],
    [40, drifted],
  ] as const) {
    scene.clock.set(new Date(start.getTime() + minutes * minute));
    const { recorder, settle } = scene.manager('a', posture);
    await settle(posture);
    await recorder.stop();
  }
  await recordDeployment(scene.config, {
    id: '5f0c3c1e-0000-4000-8000-000000000001',
    happenedAt: new Date(start.getTime() + 41 * minute),
    who: 'grace',
    host: 'deploy',
    appVersion: '1.5.0',
    imageSha: 'unknown',
    headline: 'deployed 1.5.0 in place of 1.4.0',
    details: { bundle: 'b1' },
  });
  const all = await scene.items();
  expect(all).toHaveLength(10);
  expect(all.slice(0, 3)).toEqual([
    '12:41:00 deploy 1.5.0: deployed by grace',
    '12:40:00 a 1.4.0: verdict_changed gate_opened schema_required schema_drift',
    'gap 12:30:05 12:40:00 no_manager',
  ]);
  const paged: string[] = [];
  for (let before: string | undefined; ;) {
    const page = await readHistory(
      scene.config,
      { limit: 2, ...(before === undefined ? {} : { before }) },
      scene.clock.now(),
    );
    paged.push(...page.items.map(brief));
    if (page.next === null) break;
    before = page.next;
  }
  expect(paged).toEqual(all);
  expect(await scene.items({ since: '2026-05-03T12:15', until: '2026-05-03T12:25' })).toEqual([
    '12:20:00 a 1.4.0: verdict_changed gate_opened schema_required',
    'gap 12:10:05 12:20:00 no_manager',
  ]);
  await expect(readHistory(scene.config, { limit: 2, before: 'x' }, scene.clock.now())).rejects.toMatchObject({
    code: 'history_cursor_invalid',
  });
});

test('nobody changes or removes what is recorded, and a watch can only be prolonged', async () => {
  await using scene = await setup();
  await scene.manager('a', well).settle(well);
  for (const role of ['app', 'owner', 'superuser'] as const)
    for (const sql of [
      `update posture_changes set headline = 'all was well'`,
      'delete from posture_changes',
      'delete from posture_watches',
      `update posture_watches set seen_at = seen_at - interval '1 hour'`,
      `update posture_watches set begun_at = begun_at - interval '1 hour'`,
      `update posture_watches set host = 'elsewhere', seen_at = seen_at + interval '1 hour'`,
      ...(role === 'app' ? [] : ['truncate posture_changes', 'truncate posture_watches']),
    ])
      await expect(scene.databases.config.query(role, sql), `${role}: ${sql}`).rejects.toThrow('is append-only');
  await expect(scene.databases.config.query('app', 'truncate posture_changes')).rejects.toThrow('permission denied');
  expect(await scene.items()).toHaveLength(1);
});

test('a config database whose schema is older, or that is down, is told; what waits is shown in its place', async () => {
  await using scene = await setup();
  await using bare = await createTestDatabases();
  const config = open(bare.config.urls.app);
  const old = await readHistory(config, { limit: 5 }, scene.clock.now());
  expect(old).toMatchObject({ status: 'unknown', error: { code: 'history_unavailable' }, items: [], next: null });
  expect(await readPostureAt(config, '2026-05-03', scene.clock.now())).toMatchObject({
    status: 'unknown',
    posture: null,
  });
  await config.close();
  await scene.proxy.stop();
  const { recorder, settle } = scene.manager('a', well);
  await settle(well);
  const down = open(scene.proxy.urlThrough(scene.databases.config.urls.app));
  const told = await readHistory(down, { limit: 5 }, scene.clock.now(), () => recorder.waiting());
  expect(told).toMatchObject({
    status: 'unknown',
    error: { code: 'database_unreachable' },
    items: [{ host: 'a', late: true }],
  });
  await down.close();
});

test('text that Postgres cannot keep does not keep a change out of the history', async () => {
  await using scene = await setup();
  const hostile = postureOf({
    databases: { jobs: { problems: [{ code: 'drift', message: 'a \0 and \uD800 <script>', remedy: '' }] } },
  });
  await scene.manager('a', hostile).settle(hostile);
  const { posture } = await readPostureAt(scene.config, '2026-05-04', scene.clock.now());
  expect(posture?.databases[2]?.problems[0]?.message).toBe('a \uFFFD and \uFFFD <script>');
});

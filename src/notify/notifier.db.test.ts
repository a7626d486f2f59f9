import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createTestDatabases,
  manualClock,
  scratchFolder,
  startPostgresProxy,
  type TestDatabases,
} from '../../test/testkit/index.ts';
import { memoryPosture } from '../../test/testkit/memory-posture.ts';
import { silentLog } from '../base/index.ts';
import type { VerdictStatus } from '../contract/index.ts';
import { openDatabase } from '../postgres/index.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import type { Channel, Delivery, Message } from './types.ts';

/** Several managers on one config database, each behind a proxy of its own, and what people got. */
async function setup() {
  const databases = await createTestDatabases({ migrated: true });
  const stack = new AsyncDisposableStack();
  stack.use(databases);
  const scratch = stack.use(await scratchFolder());
  // Of today, as the database forgets by its own clock.
  const clock = manualClock(new Date());
  const posture = memoryPosture();
  const got: Message[] = [];
  const receiver: { answer: Delivery } = { answer: { kind: 'delivered' } };
  const channel: Channel = {
    name: 'webhook',
    destination: 'test',
    send: async (message) => {
      got.push(message);
      return await Promise.resolve(receiver.answer);
    },
  };
  const manager = async (
    host: string,
    folder = host,
  ): Promise<{ notifier: Notifier; cut(): Promise<void>; mend(): Promise<void> }> => {
    const proxy = await startPostgresProxy(databases.config.urls.app);
    const url = proxy.urlThrough(databases.config.urls.app);
    const spec = {
      name: 'config',
      url,
      applicationName: 'test',
      connectTimeoutMs: 2000,
      statementTimeoutMs: 2000,
    } as const;
    const config = openDatabase({ ...spec, max: 2 });
    stack.defer(async () => {
      await config.close();
      await proxy.stop();
    });
    const dataDir = join(scratch.path, folder);
    const notifier = createNotifier({
      posture: posture.source,
      config,
      channels: [channel],
      dataDir,
      host,
      reminderMs: 3_600_000,
      clock,
      log: silentLog,
      random: () => 0.5,
      schedule: () => () => undefined,
    });
    await notifier.start();
    await notifier.tick();
    return { notifier, cut: async () => await proxy.stop(), mend: async () => await proxy.start() };
  };
  return {
    databases,
    got,
    receiver,
    manager,
    scratch,
    verdict: (status: VerdictStatus): void => {
      const before = posture.source.current().posture;
      posture.set({ ...before, verdict: { status, headline: `It is ${status}.`, reasons: [] } });
    },
    /** Lets time go by, with every manager looking at the beginning and at the end. */
    pass: async (seconds: number, ...notifiers: readonly Notifier[]): Promise<void> => {
      for (const notifier of notifiers) await notifier.tick();
      clock.advance(seconds * 1000);
      for (const notifier of notifiers) await notifier.tick();
    },
    [Symbol.asyncDispose]: async () => await stack.disposeAsync(),
  };
}

async function deliveries(databases: TestDatabases): Promise<unknown[]> {
  const rows = await databases.config.query(
    'app',
    `select n.content ->> 'value' as value, d.attempts, d.delivered_at is not null as delivered, d.given_up_at is not null as "givenUp"
       from notifications n join notification_deliveries d on d.notification_id = n.id order by n.created_at`,
  );
  return [...rows];
}

test('two managers tell each change once, and the next start tells nothing again', async () => {
  await using scene = await setup();
  const one = await scene.manager('one');
  const two = await scene.manager('two');
  scene.verdict('stopped');
  await scene.pass(31, one.notifier, two.notifier);
  await scene.pass(60, one.notifier, two.notifier);
  expect(scene.got).toMatchObject([{ type: 'verdict.changed', before: 'ok', value: 'stopped', severity: 'critical' }]);
  await one.notifier.stop();
  const three = await scene.manager('three');
  await scene.pass(121, two.notifier, three.notifier);
  expect(scene.got).toHaveLength(1);
  scene.verdict('ok');
  await scene.pass(300, two.notifier, three.notifier);
  expect(scene.got.map(({ value, severity }) => [value, severity])).toEqual([
    ['stopped', 'critical'],
    ['ok', 'recovered'],
  ]);
  expect(await deliveries(scene.databases)).toMatchObject([{ delivered: true }, { delivered: true }]);
});

test('a receiver that is away gets it later, from another manager if need be', async () => {
  await using scene = await setup();
  const one = await scene.manager('one');
  scene.receiver.answer = { kind: 'failed', reason: 'away' };
  scene.verdict('stopped');
  await scene.pass(31, one.notifier);
  expect(one.notifier.figures().waiting).toEqual({ webhook: 1 });
  expect(await deliveries(scene.databases)).toEqual([
    { value: 'stopped', attempts: 1, delivered: false, givenUp: false },
  ]);
  await one.notifier.stop();
  scene.receiver.answer = { kind: 'delivered' };
  await scene.databases.config.query('app', 'update notification_deliveries set next_try_at = now()');
  const two = await scene.manager('two');
  await two.notifier.tick();
  expect(await deliveries(scene.databases)).toEqual([
    { value: 'stopped', attempts: 2, delivered: true, givenUp: false },
  ]);
  expect(new Set(scene.got.map(({ id }) => id)).size).toBe(1);
  expect(two.notifier.figures()).toMatchObject({ waiting: { webhook: 0 }, lastDelivered: [{ channel: 'webhook' }] });
});

test('with the config database away each manager tells by itself, under one id, and the database learns of it', async () => {
  await using scene = await setup();
  const one = await scene.manager('one');
  const two = await scene.manager('two');
  await Promise.all([one.cut(), two.cut()]);
  scene.verdict('stopped');
  await scene.pass(31, one.notifier, two.notifier);
  expect(scene.got.map(({ value, deployment }) => [value, deployment.host])).toEqual([
    ['stopped', 'one'],
    ['stopped', 'two'],
  ]);
  expect(new Set(scene.got.map(({ id }) => id)).size).toBe(1);
  await Promise.all([one.mend(), two.mend()]);
  await scene.pass(5, one.notifier, two.notifier);
  await scene.pass(5, one.notifier, two.notifier);
  expect(await deliveries(scene.databases)).toEqual([
    { value: 'stopped', attempts: 0, delivered: true, givenUp: false },
  ]);
  expect(scene.got).toHaveLength(2);
  scene.verdict('ok');
  await scene.pass(300, one.notifier, two.notifier);
  expect(scene.got.map(({ value }) => value)).toEqual(['stopped', 'stopped', 'ok']);
});

test('what a manager could not deliver before it died is delivered by the next one on its folder', async () => {
  await using scene = await setup();
  const one = await scene.manager('one', 'shared');
  await one.cut();
  scene.receiver.answer = { kind: 'failed', reason: 'away' };
  scene.verdict('stopped');
  await scene.pass(31, one.notifier);
  expect(scene.got).toHaveLength(1);
  // It is killed: nothing of it is stopped in order.
  scene.receiver.answer = { kind: 'delivered' };
  const two = await scene.manager('two', 'shared');
  await scene.databases.config.query('app', "update notification_speaker set until = now() - interval '1 second'");
  await scene.pass(200, two.notifier);
  await scene.pass(1, two.notifier);
  expect(scene.got.map(({ id, value }) => [id, value])).toEqual([
    [scene.got[0]?.id, 'stopped'],
    [scene.got[0]?.id, 'stopped'],
  ]);
  expect(await deliveries(scene.databases)).toMatchObject([{ delivered: true }]);
  expect(await readdir(join(scene.scratch.path, 'shared', 'notifications'))).toHaveLength(1);
});

test('a start without the database tells nothing that was told before it', async () => {
  await using scene = await setup();
  const one = await scene.manager('one', 'shared');
  scene.verdict('stopped');
  await scene.pass(31, one.notifier);
  await one.notifier.tick();
  await one.notifier.stop();
  await scene.databases.config.query('owner', 'alter table notification_subjects rename to elsewhere');
  const two = await scene.manager('two', 'shared');
  await scene.pass(300, two.notifier);
  expect(scene.got).toHaveLength(1);
  await scene.pass(3600, two.notifier);
  expect(scene.got.map(({ type }) => type)).toEqual(['verdict.changed', 'trouble.lasts']);
});

test('what flickers is not told', async () => {
  await using scene = await setup();
  const one = await scene.manager('one');
  for (let round = 0; round < 5; round += 1) {
    scene.verdict('unknown');
    await scene.pass(20, one.notifier);
    scene.verdict('ok');
    await scene.pass(20, one.notifier);
  }
  expect(scene.got).toEqual([]);
});

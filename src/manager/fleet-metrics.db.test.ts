import { expect, test } from 'vitest';
import { healthyPosture } from '../../test/testkit/memory-posture.ts';
import { createTestManager, type TestManager } from '../../test/testkit/test-manager.ts';
import type { QueuedJobs } from '../contract/index.ts';
import { createEnrolmentToken } from '../fleet/index.ts';

async function scannersOf(manager: TestManager, protocols: readonly number[]): Promise<string[]> {
  const terms = { note: '', madeBy: 'test', validSeconds: 600, maxUses: protocols.length };
  const { text } = await createEnrolmentToken(manager.admin, terms);
  const enrol = async (protocolVersion: number): Promise<string> => {
    const facts = { name: 'one', binaryVersion: '1.0.0', protocolVersion };
    return (await manager.deps.fleet.enrol(text.reveal(), facts)).credential;
  };
  return await Promise.all(protocols.map(enrol));
}

async function scrape(manager: TestManager): Promise<string[]> {
  await manager.deps.fleet.round();
  const { body } = await manager.inject('/metrics');
  return body.split('\n').filter((line) => /^plimsoll_(scanners|queue)/.test(line));
}

test('/metrics tells scanners by window and online, and how much work waits for how long', async () => {
  await using manager = await createTestManager();
  const { fleet } = manager.deps;
  const [first] = await scannersOf(manager, [1, 2, 9]);
  await fleet.heartbeat(first, { binaryVersion: '1.0.0', protocolVersion: 1, running: [] });
  const targets = [80, 81, 82].map((port) => ({ host: '127.0.0.1', port }));
  await fleet.scans.create({ name: 's', targets, kinds: ['tcp'], priority: 0, timeoutMs: 1000 }, 'u');
  await manager.databases.jobs.query(
    'app',
    "update pgboss.job set created_on = now() - '1 hour'::interval, start_after = now() - '1 hour'::interval",
  );
  const lines = await scrape(manager);
  expect(lines.slice(0, -1)).toEqual([
    'plimsoll_queue_jobs_without_scanner 0',
    'plimsoll_scanners{in_window="true",online="true"} 1',
    'plimsoll_scanners{in_window="true",online="false"} 1',
    'plimsoll_scanners{in_window="false",online="true"} 0',
    'plimsoll_scanners{in_window="false",online="false"} 1',
    'plimsoll_queue_jobs{state="ready"} 3',
    'plimsoll_queue_jobs{state="waiting"} 0',
    'plimsoll_queue_jobs{state="leased"} 0',
  ]);
  expect(lines.at(-1)).toMatch(/^plimsoll_queue_oldest_ready_seconds 36\d\d/);
});

test('/metrics tells how long leasing took, and how long each leased job had waited', async () => {
  await using manager = await createTestManager();
  const { fleet } = manager.deps;
  const [credential] = await scannersOf(manager, [2]);
  const targets = [80, 81].map((port) => ({ host: '127.0.0.1', port }));
  await fleet.scans.create({ name: 's', targets, kinds: ['tcp'], priority: 0, timeoutMs: 1000 }, 'u');
  await manager.databases.jobs.query(
    'app',
    "update pgboss.job set created_on = now() - '10 minutes'::interval, start_after = now() - '10 minutes'::interval",
  );
  const ask = { protocolVersion: 2, max: 2, waitSeconds: 0 };
  expect(await fleet.lease(credential, ask, new AbortController().signal)).toHaveLength(2);
  const { body } = await manager.inject('/metrics');
  for (const line of [
    'plimsoll_lease_duration_seconds_count 1',
    'plimsoll_job_wait_seconds_bucket{le="300"} 0',
    'plimsoll_job_wait_seconds_bucket{le="900"} 2',
  ])
    expect(body).toContain(line);
});

test('what cannot be read is absent from /metrics, not a number from before', async () => {
  await using manager = await createTestManager();
  expect(await scrape(manager)).toHaveLength(9);
  await manager.proxy.stop();
  await expect(manager.deps.fleet.round()).rejects.toThrow('database');
  const { body } = await manager.inject('/metrics');
  expect(body).not.toMatch(/^plimsoll_scanners\{/m);
  await manager.proxy.start();
  expect(await scrape(manager)).toHaveLength(9);
});

test('/metrics tells how many queued jobs have no eligible scanner, and nothing while that is not known', async () => {
  await using manager = await createTestManager();
  const posture = healthyPosture();
  const tell = async (change: Partial<QueuedJobs>): Promise<string[]> => {
    const queuedJobs = { ...posture.scanners.queuedJobs, ...change };
    manager.posture.set({ ...posture, scanners: { ...posture.scanners, queuedJobs } });
    return (await scrape(manager)).filter((line) => line.includes('without_scanner'));
  };
  expect(await tell({ total: 12, withoutScanner: 12 })).toEqual(['plimsoll_queue_jobs_without_scanner 12']);
  expect(await tell({ status: 'unknown', total: 12, withoutScanner: null })).toEqual([]);
});

import { expect, test } from 'vitest';
import { backupMetrics } from '../../src/backups/index.ts';
import { managerMetrics, type ManagerDeps } from '../../src/manager/index.ts';
import { listen } from '../../src/http/index.ts';
import { createMetrics as createScannerMetrics } from '../../src/scanner/metrics.ts';
import { serveMetrics } from '../../src/scanner/metrics-server.ts';
import { scannerMetrics } from '../../src/scanner/index.ts';
import { healthyPosture, jobsBehind } from '../testkit/memory-posture.ts';
import { promtool, startPrometheus } from '../testkit/prometheus.ts';
import { createTestBackupService } from '../testkit/test-backup-service.ts';
import { createTestManager } from '../testkit/test-manager.ts';
import { waitFor } from '../testkit/index.ts';

const loopback = { host: '127.0.0.1', port: 0 };
const instant = '2026-01-01T00:00:00.000Z';

/** A posture in which everything that can be told is there to tell. */
function eventfulPosture(): ReturnType<typeof healthyPosture> {
  const posture = healthyPosture();
  const bundle = {
    id: '20260101T000000Z-0000',
    createdAt: instant,
    bytes: 1,
    verifiedAt: instant,
    schemaVersions: {},
    state: 'proven' as const,
    provenAt: instant,
    damage: null,
    appVersion: '1.0.0',
    imageSha: 'unknown',
    encrypted: false,
    pinned: false,
  };
  return {
    ...posture,
    verdict: {
      ...posture.verdict,
      reasons: [{ code: 'schema_behind', severity: 'block', part: 'jobs', message: '', remedy: '' }],
    },
    gate: { open: false, closedParts: [jobsBehind] },
    lastBackup: {
      ...posture.lastBackup,
      status: 'ok',
      bundle,
      service: {
        lastProven: bundle,
        unprovenSince: instant,
        maxAgeSeconds: 3600,
        lastTake: { state: 'succeeded', startedAt: instant, finishedAt: instant, error: null },
        proveError: null,
        keys: [],
      },
    },
    preflight: {
      id: 'a',
      ranAt: instant,
      ranBy: 'kim',
      ranBySource: 'operator',
      host: 'h',
      recordedAt: instant,
      recordedBy: 'kim',
      targetVersion: '1.1.0',
      targetImageSha: 'unknown',
      status: 'warn',
      stale: true,
      staleReasons: [],
      counts: { pass: 1, warn: 2, fail: 0, skip: 0 },
      checks: [],
      migrations: [],
      rehearsal: null,
    },
  };
}

interface Targets {
  readonly data: { readonly activeTargets: readonly { labels: { job: string }; health: string; lastError: string }[] };
}

test('a real Prometheus reads all three programs as OpenMetrics, and promtool has nothing to say about any', async () => {
  await using manager = await createTestManager({ users: [] });
  await using backup = await createTestBackupService();
  await backup.addBundle();
  const scanner = createScannerMetrics({ version: '1.0.0', protocolVersion: 2 });
  scanner.called('lease', 'ok');
  scanner.jobEnded('tcp', 'done', 0.01);
  scanner.watch(() => ({ running: 0, spooledResults: 0, spooledBytes: 0, inWindow: true }));
  await using scannerServer = await serveMetrics(scanner, loopback);
  manager.posture.set(eventfulPosture());
  await backup.service.refresh();
  const settings = { host: 'HOST', port: 'PORT' };
  const addresses = {
    manager: new URL(await listen(manager.manager.app, { ...loopback, settings })).host,
    backup: new URL(await listen(backup.service.app, { ...loopback, settings })).host,
    scanner: `127.0.0.1:${scannerServer.port}`,
  };

  await using prometheus = await startPrometheus(addresses);
  await waitFor(
    async () => {
      const { activeTargets } = ((await prometheus.ask('/api/v1/targets')) as Targets).data;
      const states = activeTargets.map(({ labels, health, lastError }) => `${labels.job} ${health} ${lastError}`);
      expect(new Set(states)).toEqual(new Set(['manager up ', 'backup up ', 'scanner up ']));
      return true;
    },
    { what: 'Prometheus to read all three', timeoutMs: 60_000 },
  );
  const meant = { manager: managerMetrics, backup: backupMetrics, scanner: scannerMetrics };
  for (const [job, address] of Object.entries(addresses)) {
    const answer = await fetch(`http://${address}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    expect(await promtool(['check', 'metrics'], text), job).toEqual({ code: 0, said: '' });
    const described = [...text.matchAll(/^# TYPE (plimsoll_\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
    expect(described, job).toEqual(
      Object.entries(meant[job as keyof typeof meant]).map(([name, { type }]) => [name, type]),
    );
  }
});

test('every metric of the manager has a value when there is something to tell', async () => {
  const notifications: ManagerDeps['notifications'] = {
    figures: () => ({ waiting: { email: 1 }, lastDelivered: [{ channel: 'webhook', at: new Date() }] }),
    onAttempt: (listener) => listener('webhook', 'delivered'),
  };
  await using manager = await createTestManager({ users: ['admin'], deps: { notifications } });
  const { fleet } = manager.deps;
  manager.posture.set(eventfulPosture());
  await manager.signIn('admin');
  await fleet.scans.create(
    { name: 's', targets: [{ host: '127.0.0.1', port: 80 }], kinds: ['tcp'], priority: 0, timeoutMs: 1000 },
    'u',
  );
  await fleet.round();
  const { body } = await manager.inject('/metrics');
  const silent = Object.keys(managerMetrics).filter((name) => !new RegExp(`^${name}(_count)?[{ ]`, 'm').test(body));
  expect(silent).toEqual([]);
});

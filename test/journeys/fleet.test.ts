import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import release from '../../release.json' with { type: 'json' };
import type { ReleasePosture, Scan, ScannerList } from '../../src/contract/index.ts';
import { createTestDatabases, scratchFolder, waitFor, type TestDatabases } from '../testkit/index.ts';
import { openSite, type Site } from '../testkit/site.ts';
import { tcpTarget } from '../testkit/target-server.ts';

const patience = { timeoutMs: 40_000 };

async function setup() {
  const things = new AsyncDisposableStack();
  const folder = things.use(await scratchFolder()).path;
  const databases = things.use(await createTestDatabases({ migrated: true }));
  const site = things.use(await openSite({ urls: databases.urls('app'), folder }));
  const raised = join(folder, 'raised.json');
  await writeFile(raised, JSON.stringify({ ...release, scannerProtocol: { min: 2, max: 3 } }));
  return { site, databases, raised, [Symbol.asyncDispose]: async () => await things.disposeAsync() };
}

async function scan(site: Site, kind: 'tcp' | 'tls', ports: readonly number[]): Promise<string> {
  const targets = ports.map((port) => ({ host: '127.0.0.1', port }));
  const body = { name: `${kind} of ${ports.length}`, targets, kinds: [kind], timeoutMs: 60_000 };
  const made = await waitFor(async () => await site.call<Scan>('POST', '/api/scans', body), {
    what: 'a scan',
    ...patience,
  });
  return made.id;
}

/** Waits until every job of the scan has ended, and gives how they did. */
async function ended(site: Site, id: string): Promise<Scan['counts']> {
  return await waitFor(
    async () => {
      const { counts } = await site.call<Scan>('GET', `/api/scans/${id}`);
      return counts.total === counts.done + counts.failed + counts.cancelled && counts;
    },
    { what: 'the scan to end', ...patience },
  );
}

async function scannersOf(site: Site): Promise<Map<string, ScannerList['scanners'][number]>> {
  const { scanners } = await site.call<ScannerList>('GET', '/api/admin/scanners');
  return new Map(scanners.map((scanner) => [scanner.name, scanner]));
}

async function outsideOnReleasePage(site: Site): Promise<number | null> {
  return (await site.call<ReleasePosture>('GET', '/api/admin/release')).scanners.outsideWindow;
}

/** Results by the name of the scanner that found them. */
async function shares(databases: TestDatabases): Promise<Record<string, number>> {
  const scanners = await databases.config.query('app', 'select id, name from scanners');
  const counts = await databases.results.query('app', 'select scanner_id, count(*)::int as n from results group by 1');
  const names = new Map(scanners.map(({ id, name }) => [id, String(name)]));
  return Object.fromEntries(counts.map(({ scanner_id, n }) => [names.get(scanner_id) ?? 'nobody', Number(n)]));
}

async function heldBy(databases: TestDatabases, scannerId: string | undefined): Promise<unknown[]> {
  const rows = await databases.jobs.query(
    'app',
    'select job_id from leases where ended_at is null and scanner_id = $1 order by job_id',
    [scannerId],
  );
  return rows.map(({ job_id }) => job_id);
}

test('three scanners of protocol 1, 2 and 9, and a window that moves under a job: no job lost, none recorded twice', async () => {
  await using scene = await setup();
  const { site, databases } = scene;
  const manager = await site.startManager();
  const enrolmentToken = await site.enrolmentToken(3);
  const start = (protocolVersion: number, concurrency: number) =>
    site.startScanner({ name: `protocol ${protocolVersion}`, protocolVersion, concurrency, enrolmentToken });
  const [first, , ninth] = [start(1, 4), start(2, 2), start(9, 2)];
  await using quick = await tcpTarget(() => undefined);
  const isAt426 = async (name: string) => ((await scannersOf(site)).get(name)?.refusedCount ?? 0) > 0;

  // The one outside is enrolled, told so, seen, and refused work.
  await waitFor(() => ninth.stderr().includes('speaks protocol 9, the manager 1 to 2: it gets no jobs'), {
    what: 'protocol 9 to be told',
    ...patience,
  });
  await waitFor(async () => await isAt426('protocol 9'), { what: 'protocol 9 to be refused', ...patience });
  await waitFor(async () => (await scannersOf(site)).size === 3, { what: 'all three to be enrolled', ...patience });
  expect((await scannersOf(site)).get('protocol 9')).toMatchObject({ inWindow: false, state: 'online', jobsHeld: 0 });
  await waitFor(async () => (await outsideOnReleasePage(site)) === 1, { what: 'one outside the window', ...patience });

  const many = await scan(
    site,
    'tcp',
    Array.from({ length: 60 }, () => quick.port),
  );
  expect(await ended(site, many)).toMatchObject({ total: 60, done: 60 });
  const before = await shares(databases);
  expect(Object.keys(before).filter((name) => name === 'protocol 9')).toEqual([]);

  // Of three jobs at a target that does not answer protocol 2 has room for two: protocol 1 holds at least one, and asks for more.
  const slow = await tcpTarget(() => undefined);
  const held = await scan(
    site,
    'tls',
    Array.from({ length: 3 }, () => slow.port),
  );
  const firstId = (await scannersOf(site)).get('protocol 1')?.id;
  const jobs = await waitFor(
    async () => {
      const found = await heldBy(databases, firstId);
      return found.length > 0 && slow.connections === 3 && found;
    },
    { what: 'protocol 1 to hold a job', ...patience },
  );
  expect(await manager.end('SIGTERM')).toBe(0);
  await site.startManager({ manifest: scene.raised });
  await waitFor(async () => await isAt426('protocol 1'), { what: 'protocol 1 to be refused', ...patience });
  expect(first.stderr()).toContain(
    'speaks protocol 1, the manager 2 to 3: it gets no jobs until you upgrade this scanner',
  );
  await waitFor(async () => (await outsideOnReleasePage(site)) === 2, { what: 'one more outside', ...patience });
  expect(await heldBy(databases, firstId)).toEqual(jobs);

  // What it holds it may finish; what comes from now on goes to protocol 2 alone.
  await slow[Symbol.asyncDispose]();
  expect(await ended(site, held)).toMatchObject({ total: 3, done: 3 });
  const later = await scan(
    site,
    'tcp',
    Array.from({ length: 20 }, () => quick.port),
  );
  expect(await ended(site, later)).toMatchObject({ total: 20, done: 20 });
  const after = await shares(databases);
  expect(after).toEqual({
    'protocol 1': (before['protocol 1'] ?? 0) + jobs.length,
    'protocol 2': (before['protocol 2'] ?? 0) + (3 - jobs.length) + 20,
  });
  await expectEachJobOnce(databases, 83);
});

async function expectEachJobOnce(databases: TestDatabases, total: number): Promise<void> {
  const [recorded] = await databases.results.query(
    'app',
    'select count(*)::int as results, count(distinct job_id)::int as jobs from results',
  );
  expect(recorded).toEqual({ results: total, jobs: total });
  const queue = await databases.jobs.query('app', 'select state, count(*)::int as n from pgboss.job group by 1');
  expect(queue).toEqual([{ state: 'completed', n: total }]);
  const [asked] = await databases.jobs.query(
    'app',
    `select count(*)::int as jobs, count(*) filter (where outcome = 'done')::int as done,
       (select count(*)::int from leases where ended_at is null) as held from scan_jobs`,
  );
  expect(asked).toEqual({ jobs: total, done: total, held: 0 });
}

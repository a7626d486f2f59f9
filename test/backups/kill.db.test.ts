import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openPlaces, proveCopy, verifyCopies, type HomePlace } from '../../src/backups/index.ts';
import { createBackupClient, type BackupClient } from '../../src/backups/client/index.ts';
import { Secret, silentLog, systemClock } from '../../src/base/index.ts';
import {
  createTestDatabases,
  populated,
  scratchFolder,
  serverUrl,
  startChild,
  testEngines,
  testTarget,
  waitFor,
  type TestChild,
  type TestDatabases,
} from '../testkit/index.ts';
import { seeded } from '../testkit/seeded.ts';

// KILL_ROUNDS=200 runs the whole of it; KILL_SEED repeats a run that was printed.
const rounds = Number(process.env['KILL_ROUNDS'] ?? 12);
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31);
/** Of the bundles that are listed at the end, so many are restored; with all rounds, all of them. */
const provenAtEnd = rounds > 50 ? rounds : 2;

const token = 'a-token-of-the-backup-service';

interface Scene {
  readonly root: string;
  readonly dataDir: string;
  readonly databases: TestDatabases;
  readonly home: HomePlace;
}

async function createScene(): Promise<Scene> {
  const scratch = await scratchFolder();
  onTestFinished(async () => await scratch[Symbol.asyncDispose]());
  const databases = await createTestDatabases({ template: populated });
  onTestFinished(async () => await databases[Symbol.asyncDispose]());
  const dataDir = join(scratch.path, 'data');
  const root = join(dataDir, 'backups');
  const path = join(dataDir, 'backup-places.json');
  return { root, dataDir, databases, home: openPlaces({ path, clock: systemClock, log: silentLog })(testTarget(root)) };
}

function startService({ dataDir, databases }: Scene): TestChild {
  const urls = databases.urls('readonly');
  return startChild({
    args: ['src/main.ts', 'backup', 'serve'],
    environment: {
      DATA_DIR: dataDir,
      BACKUP_PORT: '0',
      BACKUP_SERVICE_TOKEN: token,
      BACKUP_SCHEDULE: 'off',
      BACKUP_PROVE_SCHEDULE: 'off',
      BACKUP_RETENTION: 'last=1000',
      BACKUP_CONFIG_DATABASE_URL: urls.config.reveal(),
      BACKUP_RESULTS_DATABASE_URL: urls.results.reveal(),
      BACKUP_JOBS_DATABASE_URL: urls.jobs.reveal(),
      LOG_LEVEL: 'info',
    },
  });
}

/** A service that has put its house in order. */
async function readyClient(service: TestChild): Promise<BackupClient> {
  const line = await service.line(/^Listening on /);
  const url = line.replace('Listening on ', '');
  await waitFor(async () => (await fetch(`${url}/readyz`)).status === 200, { what: 'readyz', timeoutMs: 30_000 });
  return createBackupClient({ url, token: new Secret(token), deadlineMs: 30_000 });
}

/** What is not as it must be after a kill and the next start. */
async function findFaults(scene: Scene, client: BackupClient, killed: string | undefined): Promise<string[]> {
  const faults: string[] = [];
  const left = await readdir(join(scene.root, 'incoming')).catch(() => []);
  if (left.length > 0) faults.push(`left in incoming: ${left.join(', ')}`);
  const names = await readdir(scene.dataDir, { recursive: true });
  const litter = names.filter((name) => name.endsWith('.tmp'));
  if (litter.length > 0) faults.push(`left: ${litter.join(', ')}`);
  const { bundles, broken } = await client.list();
  for (const { name, error } of broken) faults.push(`${name} is listed and is none: ${error.message}`);
  for (const { id } of bundles) {
    const [verification] = await verifyCopies({ ...requestFor(scene), id });
    if (verification?.result !== 'passed') faults.push(`${id}: ${verification?.message}`);
  }
  const run = killed === undefined ? undefined : await client.run(killed).catch(() => undefined);
  if (run?.state === 'running') faults.push(`the run ${run.id} is still told as running`);
  return faults;
}

function requestFor({ home }: Scene) {
  return {
    places: [home],
    by: 'test',
    clock: systemClock,
    observer: { phase: () => undefined, bytes: () => undefined },
    signal: new AbortController().signal,
  };
}

async function measureOnce(scene: Scene): Promise<number> {
  await using service = startService(scene);
  const client = await readyClient(service);
  const started = performance.now();
  const { id } = await client.take({ by: 'test' });
  const run = await waitFor(
    async () => {
      const found = await client.run(id);
      return found.state === 'running' ? undefined : found;
    },
    { what: 'the first bundle', timeoutMs: 60_000 },
  );
  expect(run).toMatchObject({ state: 'succeeded' });
  return performance.now() - started;
}

test(
  `killed at ${rounds} random instants while backing up, nothing is listed that is not whole, and the next start leaves no litter`,
  { timeout: rounds * 60_000 },
  async () => {
    const scene = await createScene();
    const random = seeded(seed);
    const wholeMs = await measureOnce(scene);
    const faults: string[] = [];
    let interrupted = 0;
    let killed: string | undefined;
    for (let round = 0; round <= rounds; round += 1) {
      await using service = startService(scene);
      const client = await readyClient(service);
      const found = await findFaults(scene, client, killed);
      faults.push(...found.map((fault) => `round ${round}: ${fault}`));
      if (service.stderr().includes('an earlier run was interrupted')) interrupted += 1;
      if (round === rounds) break;
      killed = (await client.take({ by: 'test' })).id;
      await delay(random() * wholeMs);
      await service.end('SIGKILL');
    }
    expect(faults, `KILL_SEED=${seed}`).toEqual([]);
    // Were it never interrupted, the instants would have hit nothing.
    expect(interrupted).toBeGreaterThan(0);

    await using service = startService(scene);
    const { bundles } = await (await readyClient(service)).list();
    expect(bundles.length).toBeGreaterThan(0);
    for (const { id } of bundles.slice(0, provenAtEnd)) {
      const request = { ...requestFor(scene), id, findEngines: testEngines, unseal: undefined };
      const [proven] = await proveCopy({ ...request, proveUrl: serverUrl('prove') });
      expect(proven, `KILL_SEED=${seed}`).toMatchObject({ result: 'passed' });
    }
  },
);

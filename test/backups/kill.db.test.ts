import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import {
  findEngines,
  openPlaces,
  proveCopy,
  verifyCopies,
  type DatabaseUrls,
  type DumpEngines,
  type HomePlace,
} from '../../src/backups/index.ts';
import { createBackupClient, type BackupClient } from '../../src/backups/client/index.ts';
import { Secret, silentLog, systemClock } from '../../src/base/index.ts';
import type { BackupRun } from '../../src/contract/index.ts';
import {
  fillDeployment,
  scratchFolder,
  serverKinds,
  startChild,
  testTarget,
  waitFor,
  type ServerKind,
  type TestChild,
  type TestServer,
} from '../testkit/index.ts';
import { deployOn } from '../testkit/own-deployment.ts';
import { seeded } from '../testkit/seeded.ts';
import { programsOf } from './engines.ts';

// KILL_ROUNDS=200 runs the whole of it on each engine; KILL_SEED repeats a run that was printed. KILL_PROGRAM is for the
// program as it ships, dist/program/plimsoll.js, which starts in a third of the time.
const rounds = Number(process.env['KILL_ROUNDS'] ?? 2);
const program = process.env['KILL_PROGRAM'] ?? 'src/main.ts';
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31);
/** Of the bundles that are listed at the end, so many are restored; with all rounds, all of them. */
const provenAtEnd = rounds > 50 ? Number.POSITIVE_INFINITY : 1;
const minute = 60_000;
const token = 'a-token-of-the-backup-service';

const kinds = serverKinds();
/** The programs that come with a server dump it; the one from npm brings none, so the WebAssembly engine does. */
const engines = [kinds.find(({ bin }) => bin !== undefined), kinds.find(({ bin }) => bin === undefined)]
  .filter((kind) => kind !== undefined)
  .map((kind) => ({ name: kind.bin === undefined ? 'pg_dump-wasm' : 'pg_dump', kind }));

interface Scene {
  readonly kind: ServerKind;
  readonly server: TestServer;
  readonly urls: DatabaseUrls;
  readonly root: string;
  readonly dataDir: string;
  readonly home: HomePlace;
  readonly findEngines: () => Promise<DumpEngines>;
}

async function createScene(kind: ServerKind): Promise<Scene> {
  const scratch = await scratchFolder();
  onTestFinished(async () => await scratch[Symbol.asyncDispose]());
  const server = await kind.start();
  onTestFinished(async () => await server[Symbol.asyncDispose]());
  const deployment = await deployOn({ config: server, results: server, jobs: server });
  await fillDeployment(async (name, text) => void (await server.query(name, text)));
  const dataDir = join(scratch.path, 'data');
  const root = join(dataDir, 'backups');
  const path = join(dataDir, 'backup-places.json');
  const home = openPlaces({ path, clock: systemClock, log: silentLog })(testTarget(root));
  const find = async () => await findEngines({ pgBin: kind.bin, path: pathFor(kind), wasmLimitMb: 200 });
  return { kind, server, urls: deployment.urls('readonly'), root, dataDir, home, findEngines: find };
}

function startService({ kind, dataDir, urls }: Scene): TestChild {
  return startChild({
    args: [program, 'backup', 'serve'],
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
      PG_BIN: kind.bin,
      PATH: pathFor(kind),
      LOG_LEVEL: 'info',
    },
  });
}

/** Without client programs on it where there is to be none: to ask each for its version, again and again, takes long. */
function pathFor({ bin }: ServerKind): string | undefined {
  return bin === undefined ? dirname(process.execPath) : process.env['PATH'];
}

/** A service that has put its house in order. */
async function readyClient(service: TestChild): Promise<BackupClient> {
  const line = await service.line(/^Listening on /);
  const url = line.replace('Listening on ', '');
  await waitFor(async () => (await fetch(`${url}/readyz`)).status === 200, { what: 'readyz', timeoutMs: minute });
  return createBackupClient({ url, token: new Secret(token), deadlineMs: minute });
}

/** What a killed service has left running, here and on the server, after a while. */
async function findSurvivors({ server }: Scene, service: TestChild): Promise<string[]> {
  const look = async (): Promise<string[]> => {
    const sessions = await server.query(
      'postgres',
      "select application_name || ': ' || left(query, 80) as text from pg_stat_activity where application_name like 'plimsoll backup%'",
    );
    return [...(await programsOf(service)), ...sessions.map((session) => String(session['text']))];
  };
  return await waitFor(async () => ((await look()).length === 0 ? [] : false), {
    what: 'programs and sessions to be gone',
    timeoutMs: 20_000,
  }).catch(look);
}

/** What is not as it must be after a kill and the next start; a bundle that was seen whole is read again at the end. */
async function findFaults(scene: Scene, client: BackupClient, seen: Set<string>): Promise<string[]> {
  const faults: string[] = [];
  const left = await readdir(join(scene.root, 'incoming')).catch(() => []);
  if (left.length > 0) faults.push(`left in incoming: ${left.join(', ')}`);
  const names = await readdir(scene.dataDir, { recursive: true });
  const litter = names.filter((name) => name.endsWith('.tmp'));
  if (litter.length > 0) faults.push(`left: ${litter.join(', ')}`);
  const { bundles, broken } = await client.list();
  for (const { name, error } of broken) faults.push(`${name} is listed and is none: ${error.message}`);
  for (const id of seen) if (!bundles.some((bundle) => bundle.id === id)) faults.push(`${id} is gone`);
  for (const { id } of bundles.filter((bundle) => !seen.has(bundle.id))) {
    const [verification] = await verifyCopies({ ...requestFor(scene), id });
    if (verification?.result !== 'passed') faults.push(`${id}: ${verification?.message}`);
    seen.add(id);
  }
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

/** Takes one bundle undisturbed; gives how long that took. */
async function measureOnce(client: BackupClient, engine: string): Promise<number> {
  const started = performance.now();
  const { id } = await client.take({ by: 'test' });
  const run = await waitFor(async () => await endedRun(client, id), { what: 'the first bundle', timeoutMs: minute });
  expect(run).toMatchObject({ state: 'succeeded' });
  const { bundles } = await client.list();
  expect(bundles[0]?.manifest.databases.map((database) => database.engine)).toEqual([engine, engine, engine]);
  return performance.now() - started;
}

async function endedRun(client: BackupClient, id: string): Promise<BackupRun | undefined> {
  const run = await client.run(id);
  return run.state === 'running' ? undefined : run;
}

test.each(engines)(
  `$name: killed at ${rounds} random instants while backing up, nothing is listed that is not whole, and nothing is left`,
  { timeout: (rounds + 2) * minute },
  async ({ name, kind }) => {
    const scene = await createScene(kind);
    const random = seeded(seed);
    const started = performance.now();
    let wholeMs = 0;
    const faults: string[] = [];
    const states: BackupRun['state'][] = [];
    const seen = new Set<string>();
    let killed: string | undefined;
    for (let round = 0; round <= rounds; round += 1) {
      await using service = startService(scene);
      const client = await readyClient(service);
      if (round === 0) wholeMs = await measureOnce(client, name);
      const found = await findFaults(scene, client, seen);
      if (killed !== undefined) states.push((await client.run(killed)).state);
      if (states.at(-1) === 'running') found.push('the killed run is still told as running');
      if (round < rounds) {
        killed = (await client.take({ by: 'test' })).id;
        // Spread over all of the time that a bundle takes, so that few rounds do not hit the same end of it.
        await delay(((round + random()) / rounds) * wholeMs);
        await service.end('SIGKILL');
        found.push(...(await findSurvivors(scene, service)).map((survivor) => `survived: ${survivor}`));
      }
      faults.push(...found.map((fault) => `round ${round}: ${fault}`));
    }
    expect(faults, `KILL_SEED=${seed}`).toEqual([]);
    // Were it never interrupted, the instants would have hit nothing.
    if (rounds > 20) expect(states, `KILL_SEED=${seed}`).toContain('interrupted');

    for (const id of [...seen].sort().toReversed().slice(0, provenAtEnd)) {
      const request = { ...requestFor(scene), id, findEngines: scene.findEngines, unseal: undefined };
      const [proven] = await proveCopy({ ...request, proveUrl: scene.server.url('postgres') });
      expect(proven, `KILL_SEED=${seed}`).toMatchObject({ result: 'passed' });
    }
    if (rounds > 20) {
      const interrupted = states.filter((state) => state === 'interrupted').length;
      const seconds = Math.round((performance.now() - started) / 1000);
      process.stdout.write(
        `${name} on ${kind.label}: seed ${seed}, ${rounds} kills, ${interrupted} of them in the middle of a run; ` +
          `${seen.size} bundles listed, all of them proven; ${faults.length} faults; ${seconds} s\n`,
      );
    }
  },
);

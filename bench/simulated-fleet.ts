import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { scannerPaths } from '../src/contract/index.ts';
import { openDatabase } from '../src/postgres/index.ts';
import { Backoff } from '../src/scanner/backoff.ts';
import { startKillableCluster, type KillableCluster } from '../test/chaos/cluster.ts';
import { scratchFolder } from '../test/testkit/scratch-folder.ts';
import { openSite, type Site } from '../test/testkit/site.ts';
import { waitFor } from '../test/testkit/wait-for.ts';
import { markdownTable, percentile } from './measure.ts';

const registered = 100_000;
const cutOff = 10_000;
const seconds = 50;
/** Calls of the first seconds are not counted: both programs are being compiled then. */
const warmUpMs = 10_000;
const longestAwayMs = 120_000;
const outageMs = 300_000;
const pollSeconds = 20;
const scanner = { binaryVersion: '1.0.0', protocolVersion: 2 };

interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly body: string;
}

/** Drives a simulated fleet against the real manager over HTTP, on real Postgres; gives a Markdown section. */
export async function benchSimulatedFleet(): Promise<string> {
  await using folder = await scratchFolder({ onDisk: true });
  await using cluster = await startKillableCluster(folder.path);
  await registerScanners(cluster);
  await using site = await openSite({ urls: cluster.urls, folder: folder.path });
  await site.startManager();
  const counted = async (): Promise<boolean> =>
    (await site.call<{ scanners: { total: number } }>('GET', '/api/admin/release')).scanners.total === registered;
  await waitFor(counted, { what: 'the census to be read', timeoutMs: 60_000, everyMs: 500 });
  const pace = await measurePace(site);
  const back = await measureReturn(site);
  return `### A simulated fleet\n\n${pace}\n\n${back}`;
}

/** Straight into the table: enrolling is not what is measured. */
async function registerScanners({ urls }: KillableCluster): Promise<void> {
  const terms = { applicationName: 'bench', connectTimeoutMs: 5000, statementTimeoutMs: 120_000, max: 1 };
  const config = openDatabase({ name: 'config', url: urls.config, ...terms });
  await config.query(
    `with token as (
       insert into enrolment_tokens (token_hash, made_by, expires_at, max_uses)
       values (sha256('bench'), 'bench', now(), 1) returning id
     )
     insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version)
     select 'bench ' || n, token.id, sha256(('pls_' || n)::bytea), '1.0.0', 2 from token, generate_series(1, $1) n`,
    [registered],
  );
  await config.query('analyze scanners');
  await config.close();
}

async function call(agent: Agent, url: string, n: number, body: unknown): Promise<Answer> {
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const end = (status: number, text: string): void => {
    resolve({ status, ms: performance.now() - started, body: text });
  };
  const headers = { 'content-type': 'application/json', authorization: `Bearer pls_${n}` };
  const sent = request(url, { method: 'POST', agent, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('end', () => end(response.statusCode ?? 0, text)).on('error', () => end(0, 'lost'));
  });
  sent.on('error', (error) => end(0, error.message));
  sent.end(JSON.stringify(body));
  return await promise;
}

/** A minute out of the life of the fleet: each scanner calls when the last answer said, from any moment on. */
async function measurePace(site: Site): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const url = `${site.url}${scannerPaths.heartbeat}`;
  const toldPaceMs = async (): Promise<number | false> => {
    const paceMs = readPaceMs(await call(agent, url, 1, { ...scanner, running: [] }));
    return paceMs > 60_000 && paceMs;
  };
  const paceMs = await waitFor(toldPaceMs, { what: 'a pace for so many', timeoutMs: 60_000, everyMs: 500 });
  const counted = performance.now() + warmUpMs;
  const end = counted + seconds * 1000;
  const answers: Answer[] = [];
  const live = async (n: number, inMs: number): Promise<void> => {
    for (let waitMs = inMs; performance.now() + waitMs < end;) {
      await delay(waitMs);
      const answer = await call(agent, url, n, { ...scanner, running: [] });
      if (performance.now() > counted) answers.push(answer);
      waitMs = readPaceMs(answer);
    }
  };
  const releases: Answer[] = [];
  const readRelease = async (): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      await site.call('GET', '/api/admin/release');
      if (started > counted) releases.push({ status: 200, ms: performance.now() - started, body: '' });
      await delay(100);
    }
  };
  const generator = monitorEventLoopDelay({ resolution: 5 });
  generator.enable();
  await Promise.all([
    readRelease(),
    ...Array.from({ length: registered }, async (_, n) => await live(n + 1, Math.random() * paceMs)),
  ]);
  generator.disable();
  agent.destroy();
  const head = ['', 'calls', 'not 200', 'p50', 'p99', 'max'];
  const rows = [row('heartbeats', answers), row('GET /api/admin/release, meanwhile', releases)];
  return `${registered.toLocaleString('en')} scanners registered, told to call every ${Math.round(paceMs / 1000)} s, watched for ${seconds} s; the load generator shares the cores, and was itself late by up to ${(generator.max / 1e6).toFixed(0)} ms (p99 ${(generator.percentile(99) / 1e6).toFixed(0)}). Milliseconds.\n\n${markdownTable(head, rows)}`;
}

function readPaceMs(answer: Answer | undefined): number {
  if (answer?.status !== 200) return Number.POSITIVE_INFINITY;
  return (JSON.parse(answer.body) as { nextHeartbeatSeconds: number }).nextHeartbeatSeconds * 1000;
}

function row(name: string, answers: readonly Answer[]): string[] {
  const times = answers.map(({ ms }) => ms);
  const bad = answers.filter(({ status }) => status !== 200).length;
  const shares = [0.5, 0.99, 1].map((share) => percentile(times, share).toFixed(0));
  return [name, answers.length.toLocaleString('en'), String(bad), ...shares];
}

/** Scanners that lost the network for five minutes and get it back at one moment, each somewhere in its own back-off. */
async function measureReturn(site: Site): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const started = performance.now();
  const statuses = new Map<number, number>();
  const backAfterMs: number[] = [];

  /** The scanner's own loop: what fails is tried again when its back-off says so. */
  const until = async (n: number, path: string, body: unknown): Promise<void> => {
    const backoff = new Backoff({ random: Math.random });
    let waitMs = backoff.next();
    for (let awayMs = waitMs; awayMs < outageMs; awayMs += waitMs) waitMs = backoff.next();
    // What is left of the wait that the return falls into: a random part of it.
    await delay(waitMs * Math.random());
    while (performance.now() - started < 2 * longestAwayMs) {
      const { status } = await call(agent, `${site.url}${path}`, n, body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 200 || status === 204) return;
      await delay(backoff.next());
    }
  };
  const comeBack = async (n: number): Promise<void> => {
    const asking = until(n, scannerPaths.lease, { protocolVersion: 2, max: 10, waitSeconds: pollSeconds });
    await until(n, scannerPaths.heartbeat, { ...scanner, running: [] });
    backAfterMs.push(performance.now() - started);
    await asking;
  };
  await Promise.all(Array.from({ length: cutOff }, async (_, n) => await comeBack(n + 1)));
  agent.destroy();
  const inTime = backAfterMs.filter((ms) => ms <= longestAwayMs).length;
  const failed = [...statuses].filter(([status]) => status === 0 || status >= 500);
  const rows = [
    ['back within two minutes', inTime.toLocaleString('en')],
    ['median, s', (percentile(backAfterMs, 0.5) / 1000).toFixed(1)],
    ['last one, s', (percentile(backAfterMs, 1) / 1000).toFixed(1)],
    ['answers of 5xx, or none', String(failed.reduce((sum, [, count]) => sum + count, 0))],
  ];
  return `${cutOff.toLocaleString('en')} of them cut off for five minutes and let back at one moment; each sends a heartbeat and holds a call for jobs open.\n\n${markdownTable(['', 'scanners'], rows)}`;
}

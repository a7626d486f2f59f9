import autocannon from 'autocannon';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { markdownTable } from './measure.ts';

const load = { requestsPerSecond: 1000, seconds: 15, connections: 4, warmUpSeconds: 20 };

interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Loads GET /api/admin/release at a fixed rate beside a bare HTTP server that sends the same bytes; gives a Markdown section. */
export async function benchReleaseApi(baseUrl: string, username: string, password: string): Promise<string> {
  const cookie = await signIn(baseUrl, username, password);
  const release = `${baseUrl}/api/admin/release`;
  const body = await (await fetch(release, { headers: { cookie } })).text();
  await using floor = await serveBytes(body);
  const targets: readonly Target[] = [
    { name: '**GET /api/admin/release**', url: release, headers: { cookie } },
    { name: 'bare `node:http`, same bytes, no sign-in', url: floor.url, headers: {} },
  ];
  const rows: string[][] = [];
  for (const target of targets) rows.push(await measure(target));
  return [
    '## Release posture',
    '',
    `${load.requestsPerSecond.toLocaleString('en')} requests a second for ${load.seconds} s over ${load.connections} connections after ${load.warmUpSeconds} s to warm up, signed in by cookie, ${body.length.toLocaleString('en')} bytes an answer, real Postgres behind; the load generator shares the two cores. Milliseconds.`,
    '',
    markdownTable(['', 'requests', 'not 200', 'p50', 'p99', 'max'], rows),
    '',
  ].join('\n');
}

async function signIn(baseUrl: string, username: string, password: string): Promise<string> {
  const response = await fetch(`${baseUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl },
    body: JSON.stringify({ username, password }),
  });
  if (!response.ok) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function serveBytes(body: string): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(body);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

async function measure(target: Target): Promise<string[]> {
  // The first seconds measure the compiler; both targets get the same time to settle.
  await run(target, load.warmUpSeconds);
  const result = await run(target, load.seconds);
  const failed = result.non2xx + result.errors + result.timeouts;
  process.stderr.write(`${target.name}: p99 ${result.latency.p99} ms, ${failed} not 200\n`);
  const { p50, p99, max } = result.latency;
  return [target.name, String(result.requests.total), String(failed), String(p50), String(p99), String(max)];
}

async function run(target: Target, seconds: number): Promise<autocannon.Result> {
  return await autocannon({
    url: target.url,
    headers: target.headers,
    connections: load.connections,
    duration: seconds,
    overallRate: load.requestsPerSecond,
  });
}

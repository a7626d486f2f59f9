import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from '../../test/testkit/certificates.ts';
import { waitFor } from '../../test/testkit/index.ts';
import { manualPacer } from '../../test/testkit/manual-pacer.ts';
import {
  heartbeatAnswer,
  problem,
  scriptedManager,
  type CallName,
  type ReceivedCall,
} from '../../test/testkit/scripted-manager.ts';
import { httpsTarget, tcpTarget } from '../../test/testkit/target-server.ts';
import { Secret, type Log } from '../base/index.ts';
import type { ScannerOptions } from './assemble.ts';
import { runScannerOnce } from './once.ts';
import { runScanner } from './scanner.ts';

const loopback = { address: '127.0.0.0', prefix: 8, family: 'ipv4' } as const;

async function setup(changes: Partial<ScannerOptions> = {}) {
  const manager = await scriptedManager();
  const target = await tcpTarget(() => undefined);
  const pacer = manualPacer();
  const stateDir = mkdtempSync(join(tmpdir(), 'plimsoll-scanner-'));
  const lines: string[] = [];
  const options: ScannerOptions = {
    managerUrl: manager.url,
    name: 'test scanner',
    enrolmentToken: new Secret('ple_token'),
    networks: [loopback],
    concurrency: 4,
    stateDir,
    binaryVersion: '1.2.3',
    protocolVersion: 2,
    log: collectingLog(lines),
    pacer,
    ...changes,
  };
  const run = (more: Partial<ScannerOptions> = {}) => {
    const stop = new AbortController();
    const ended = runScanner({ ...options, ...more, metrics: { host: '127.0.0.1', port: 0 } }, stop.signal);
    ended.catch(() => undefined);
    onTestFinished(async () => {
      stop.abort();
      // Whatever it still waits for is over.
      const hurry = setInterval(() => pacer.advance(20_000), 5);
      await ended.catch(() => undefined);
      clearInterval(hurry);
    });
    return { ended, stop: () => stop.abort() };
  };
  const calls = async (name: CallName, count: number): Promise<readonly ReceivedCall[]> => {
    await waitFor(() => manager.received(name).length >= count, { what: `${count} calls of ${name}` });
    return manager.received(name);
  };
  onTestFinished(async () => {
    await manager[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });
  const spooled = () => readdirSync(join(stateDir, 'spool')).filter((name) => name.endsWith('.result'));
  return { manager, target, pacer, stateDir, lines, options, run, calls, spooled };
}

function collectingLog(lines: string[]): Log {
  const at = (level: string) => (facts: object, message: string) => {
    lines.push(`${level}: ${message} ${JSON.stringify(facts)}`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function jobFor(port: number, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    id: randomUUID(),
    kind: 'tcp',
    target: { host: '127.0.0.1', port },
    options: { timeoutMs: 5000 },
    lease: { leaseId: randomUUID(), leaseSeconds: 300, attempt: 1 },
    ...changes,
  };
}

test('a scanner enrols once and keeps its credential for its owner alone', async () => {
  const { manager, stateDir, run, calls } = await setup();
  const first = run();
  await calls('lease', 1);
  await calls('heartbeat', 1);
  expect(manager.received('enrol')).toMatchObject([
    { bearer: 'ple_token', body: { name: 'test scanner', binaryVersion: '1.2.3', protocolVersion: 2 } },
  ]);
  expect(manager.received('heartbeat')[0]?.bearer).toBe('pls_first');
  expect(statSync(join(stateDir, 'credential.json')).mode % 0o1000).toBe(0o600);
  first.stop();
  await first.ended;
  run({ enrolmentToken: undefined });
  await calls('lease', 2);
  expect(manager.received('enrol')).toHaveLength(1);
  expect(manager.received('lease')[1]?.bearer).toBe('pls_first');
});

test('without a credential and without a token a scanner says what it needs', async () => {
  const { run } = await setup({ enrolmentToken: undefined });
  await expect(run().ended).rejects.toMatchObject({ code: 'enrolment_token_missing', exitCode: 1 });
});

test('a token that the manager refuses ends the scanner', async () => {
  const { manager, run } = await setup();
  manager.next('enrol', problem(401, 'enrolment_token_invalid'));
  await expect(run().ended).rejects.toMatchObject({ code: 'enrolment_refused', exitCode: 3 });
});

test('enrolment waits for a manager whose gate is closed', async () => {
  const { manager, pacer, run, calls } = await setup();
  manager.next('enrol', problem(503, 'schema_behind', { 'retry-after': '7' }));
  run();
  await calls('enrol', 1);
  await waitFor(() => pacer.sleeping[0] === 8750, { what: 'Retry-After with its jitter' });
  pacer.advance(8750);
  await calls('lease', 1);
});

test('with protocol 1 a scanner asks for one job and sends its whole result at the end', async () => {
  const { manager, target, run, calls } = await setup({ protocolVersion: 1 });
  const job = jobFor(target.port);
  manager.next('lease', { body: { jobs: [job] } });
  run();
  const [result] = await calls('result', 1);
  expect(manager.received('lease')[0]?.body).toEqual({ protocolVersion: 1, max: 1, waitSeconds: 30 });
  expect(result).toMatchObject({
    path: `/scanner/v1/jobs/${job.id}/result`,
    encoding: undefined,
    body: { outcome: 'done', leaseId: job.lease.leaseId, findings: [{ kind: 'tcp', open: true }] },
  });
});

test('with protocol 2 a scanner asks for as many jobs as it has room for', async () => {
  const { manager, target, run, calls } = await setup();
  const jobs = Array.from({ length: 4 }, () => jobFor(target.port));
  manager.next('lease', { body: { jobs } });
  run();
  const results = await calls('result', 4);
  expect(manager.received('lease')[0]?.body).toMatchObject({ max: 4 });
  expect(new Set(results.map(({ path }) => path)).size).toBe(4);
});

test('with protocol 2 what is found early is sent early, and the end holds the rest', async () => {
  const { manager, run, calls } = await setup();
  await using web = await httpsTarget(await makeCertificate(), (_request, response) => response.end());
  const options = { timeoutMs: 5000, scheme: 'https', path: '/', method: 'GET', maxRedirects: 0 };
  manager.next('lease', { body: { jobs: [jobFor(web.port, { kind: 'http', options })] } });
  run();
  const results = await calls('result', 2);
  expect(results.map(({ body }) => body)).toMatchObject([
    { outcome: 'partial', sequence: 0, findings: [{ kind: 'tls' }] },
    { outcome: 'done', findings: [{ kind: 'http', status: 200 }] },
  ]);
});

test('with protocol 1 what is found early is part of the one result', async () => {
  const { manager, run, calls } = await setup({ protocolVersion: 1 });
  await using web = await httpsTarget(await makeCertificate(), (_request, response) => response.end());
  const options = { timeoutMs: 5000, scheme: 'https', path: '/', method: 'GET', maxRedirects: 0 };
  manager.next('lease', { body: { jobs: [jobFor(web.port, { kind: 'http', options })] } });
  run();
  const [result] = await calls('result', 1);
  expect(result?.body).toMatchObject({ outcome: 'done', findings: [{ kind: 'tls' }, { kind: 'http' }] });
});

test.each([
  [1, undefined],
  [2, 'gzip'],
])('with protocol %i a large result is sent as %s', async (protocolVersion, encoding) => {
  const { manager, run, calls } = await setup({ protocolVersion });
  const names = Array.from({ length: 60 }, (_, index) => `name-${index}.example.test`);
  await using web = await httpsTarget(await makeCertificate({ names }), (_request, response) => response.end());
  manager.next('lease', { body: { jobs: [jobFor(web.port, { kind: 'tls' })] } });
  run();
  const [result] = await calls('result', 1);
  expect(result?.encoding).toBe(encoding);
  expect(JSON.stringify(result?.body)).toContain('DNS:name-59.example.test');
});

test('a job outside the allowed networks is refused', async () => {
  const { manager, run, calls } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(80, { target: { host: '192.0.2.1', port: 80 } })] } });
  run();
  const [result] = await calls('result', 1);
  expect(result?.body).toMatchObject({ outcome: 'refused', error: { code: 'target_not_allowed' } });
});

test('a job of a kind that this scanner does not know is declined, and its neighbours are done', async () => {
  const { manager, target, run, calls } = await setup();
  const odd = jobFor(target.port, { kind: 'snmp' });
  manager.next('lease', { body: { jobs: [odd, 'nonsense', jobFor(target.port)] } });
  run();
  const results = await calls('result', 2);
  expect(results.filter(({ body }) => body['outcome'] === 'done')).toHaveLength(1);
  expect(results.find(({ path }) => path.includes(odd.id))?.body).toMatchObject({
    error: { code: 'job_not_understood' },
  });
});

test('a scanner whose hands are full asks for nothing more until one is free', async () => {
  const { manager, target, run, calls } = await setup({ concurrency: 2 });
  const slow = () => jobFor(target.port, { kind: 'tls', options: { timeoutMs: 300 } });
  manager.next('lease', { body: { jobs: [slow(), slow()] } });
  manager.always('lease', () => {
    expect(manager.received('result').length + target.connections).toBeGreaterThan(0);
    return { hold: true };
  });
  run();
  await waitFor(() => target.connections === 2, { what: 'both jobs to run' });
  expect(manager.received('lease')).toHaveLength(1);
  await calls('result', 1);
  await calls('lease', 2);
});

test('a closed gate is waited out, results are kept meanwhile, and the log says so once each way', async () => {
  const { manager, target, pacer, run, calls, spooled, lines } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(target.port)] } });
  manager.always('lease', problem(503, 'schema_behind', { 'retry-after': '20' }));
  manager.always('result', problem(503, 'schema_behind', { 'retry-after': '20' }));
  run();
  await calls('result', 1);
  await calls('lease', 2);
  await waitFor(() => pacer.sleeping.filter((ms) => ms === 25_000).length === 2, { what: 'both loops to wait' });
  expect(spooled()).toHaveLength(1);
  manager.always('lease', { hold: true });
  manager.always('result', { status: 204 });
  pacer.advance(25_000);
  await calls('result', 2);
  await waitFor(() => spooled().length === 0, { what: 'the spool to empty' });
  expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('takes calls again'))).toHaveLength(1);
});

test('a Retry-After that is a date is taken by the clock of the manager', async () => {
  const { manager, pacer, run, calls } = await setup({ now: () => new Date('2020-01-01T00:00:00Z') });
  const date = 'Sun, 22 Nov 2026 20:00:00 GMT';
  manager.next('lease', problem(503, 'schema_behind', { date, 'retry-after': 'Sun, 22 Nov 2026 20:00:30 GMT' }));
  run();
  await calls('lease', 1);
  await waitFor(() => pacer.sleeping.includes(37_500), { what: 'half a minute and its jitter' });
});

test('a lost manager is asked again ever more seldom, and never in step', async () => {
  const { manager, pacer, run, calls } = await setup();
  manager.always('lease', { status: 502, text: '<h1>Bad gateway</h1>' });
  run();
  for (const [index, waitMs] of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
    await calls('lease', index + 1);
    await waitFor(() => pacer.sleeping.includes(waitMs), { what: `a wait of ${waitMs} ms` });
    pacer.advance(waitMs);
  }
});

test('a manager that answers "nothing yet" at once is not asked in a tight loop', async () => {
  const { manager, pacer, run, calls } = await setup();
  manager.always('lease', { status: 204 });
  run();
  await calls('lease', 1);
  await waitFor(() => pacer.sleeping.includes(1500), { what: 'a rest' });
  expect(manager.received('lease')).toHaveLength(1);
});

test('outside the window a scanner says what to do, asks at heartbeat pace, and goes on once it is let in', async () => {
  const { manager, pacer, run, calls, lines } = await setup({ protocolVersion: 9 });
  const outside = { inWindow: false, window: { min: 1, max: 2 } };
  manager.always('heartbeat', { body: heartbeatAnswer({ ...outside, nextHeartbeatSeconds: 120 }) });
  const reply = problem(426, 'protocol_unsupported');
  manager.always('lease', { ...reply, body: { ...(reply.body as object), window: outside.window } });
  run();
  await calls('lease', 1);
  expect(manager.received('lease')[0]?.body).toMatchObject({ protocolVersion: 9 });
  await waitFor(() => pacer.sleeping.includes(120_000), { what: 'the heartbeat pace' });
  // The first call may have been answered before the first heartbeat was.
  await waitFor(() => pacer.sleeping.filter((ms) => ms <= 120_000).length === 2, { what: 'both loops to wait' });
  if (pacer.sleeping[0] === 30_000) pacer.advance(30_000);
  await waitFor(() => pacer.sleeping.filter((ms) => ms <= 120_000 && ms >= 90_000).length === 2, { what: 'that pace' });
  expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
    'warn: this scanner speaks protocol 9, the manager 1 to 2: it gets no jobs until you upgrade the manager, or install an older scanner {"protocolVersion":9,"window":{"min":1,"max":2}}',
  ]);
  manager.always('heartbeat', { body: heartbeatAnswer({ window: { min: 1, max: 9 } }) });
  manager.always('lease', { hold: true });
  pacer.advance(120_000);
  await calls('heartbeat', 2);
  await calls('lease', 2);
  expect(lines.at(-1)).toContain('back inside the protocol window');
});

test.each(['heartbeat', 'lease', 'result'] as const)('a refused credential ends the scanner at %s', async (name) => {
  const { manager, target, run, spooled } = await setup();
  if (name === 'result') manager.next('lease', { body: { jobs: [jobFor(target.port)] } });
  manager.always(name, problem(401, 'credential_revoked'));
  await expect(run().ended).rejects.toMatchObject({
    code: 'credential_refused',
    exitCode: 3,
    message: `the manager refuses the credential of this scanner: it is credential_revoked [credential_revoked]`,
  });
  expect(spooled()).toHaveLength(name === 'result' ? 1 : 0);
});

test.each([
  ['whose lease has ended', problem(409, 'lease_lost')],
  ['that the manager will never take', problem(400, 'request_invalid')],
])('a result %s is forgotten', async (_case, reply) => {
  const { manager, target, run, calls, spooled } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(target.port)] } });
  manager.next('result', reply);
  run();
  await calls('result', 1);
  await waitFor(() => spooled().length === 0, { what: 'the result to be dropped' });
});

test('a result that is too large for the manager becomes a failed job', async () => {
  const { manager, target, run, calls } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(target.port)] } });
  manager.next('result', problem(413, 'body_too_large'));
  run();
  const results = await calls('result', 2);
  expect(results[1]?.body).toMatchObject({ outcome: 'failed', error: { code: 'result_too_large' } });
});

test.each([
  ['a proxy that knows no such page', { status: 404, text: '<h1>Not found</h1>' }],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ['an error of the manager', problem(500, 'internal')],
])('%s in place of the manager loses no result', async (_case, reply) => {
  const { manager, target, pacer, run, calls, spooled } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(target.port)] } });
  manager.next('result', reply);
  run();
  await calls('result', 1);
  await waitFor(() => pacer.sleeping.includes(1000), { what: 'the delivery to wait' });
  expect(spooled()).toHaveLength(1);
  pacer.advance(1000);
  await calls('result', 2);
  await waitFor(() => spooled().length === 0, { what: 'the result to be delivered' });
});

test('a heartbeat lists what runs and what is not acknowledged, and comes at the pace of the manager', async () => {
  const { manager, target, pacer, run, calls } = await setup();
  const slow = jobFor(target.port, { kind: 'tls', options: { timeoutMs: 60_000 } });
  const done = jobFor(target.port);
  manager.always('result', problem(503, 'schema_behind', { 'retry-after': '600' }));
  manager.next('lease', { body: { jobs: [slow, done] } });
  run();
  await calls('result', 1);
  await waitFor(() => pacer.sleeping.includes(60_000), { what: 'the heartbeat pace' });
  pacer.advance(60_000);
  const [first, second] = await calls('heartbeat', 2);
  expect(first?.body).toMatchObject({ binaryVersion: '1.2.3', protocolVersion: 2, running: [] });
  expect(second?.body['running']).toEqual([slow.id, done.id]);
  expect(second?.body['instanceId']).toBe(first?.body['instanceId']);
});

test('a lease shorter than the pace brings the next heartbeat forward', async () => {
  const { manager, target, pacer, run, calls } = await setup();
  manager.always('heartbeat', { body: heartbeatAnswer({ nextHeartbeatSeconds: 900 }) });
  const job = jobFor(target.port, { kind: 'tls', options: { timeoutMs: 60_000 } });
  run();
  await calls('heartbeat', 1);
  await waitFor(() => pacer.sleeping.includes(900_000), { what: 'the pace of an idle scanner' });
  manager.next('lease', { body: { jobs: [{ ...job, lease: { ...job.lease, leaseSeconds: 30 } }] } });
  manager.releaseHeld();
  await waitFor(() => pacer.sleeping[0] === 1500, { what: 'the rest after an empty answer' });
  pacer.advance(1500);
  await waitFor(() => pacer.sleeping.includes(10_000), { what: 'a heartbeat within a third of the lease' });
  pacer.advance(10_000);
  const [, second] = await calls('heartbeat', 2);
  expect(second?.body['running']).toEqual([job.id]);
});

test('a job that a heartbeat cancels is let go and reported as cancelled', async () => {
  const { manager, target, pacer, run, calls } = await setup();
  const job = jobFor(target.port, { kind: 'tls', options: { timeoutMs: 60_000 } });
  manager.next('lease', { body: { jobs: [job] } });
  run();
  await waitFor(() => target.connections === 1, { what: 'the job to run' });
  manager.next('heartbeat', { body: heartbeatAnswer({ cancel: [job.id] }) });
  await waitFor(() => pacer.sleeping.length > 0, { what: 'the heartbeat to wait' });
  pacer.advance(100_000);
  const [result] = await calls('result', 1);
  expect(result?.body).toEqual({ outcome: 'cancelled', leaseId: job.lease.leaseId });
  await waitFor(() => target.connections === 0, { what: 'the probe to let go' });
});

test('a new credential is kept before it is used', async () => {
  const { manager, pacer, stateDir, run, calls } = await setup();
  manager.next('heartbeat', { body: heartbeatAnswer({ newCredential: 'pls_second' }) });
  run();
  await calls('heartbeat', 1);
  await waitFor(() => pacer.sleeping.includes(60_000), { what: 'the answer to be taken in' });
  expect(readFileSync(join(stateDir, 'credential.json'), 'utf8')).toContain('pls_second');
  pacer.advance(60_000);
  expect((await calls('heartbeat', 2))[1]?.bearer).toBe('pls_second');
});

test('a new credential that cannot be kept is not used, and the scanner goes on with the old one', async () => {
  const { manager, pacer, stateDir, run, calls, lines } = await setup();
  run();
  await calls('heartbeat', 1);
  await waitFor(() => pacer.sleeping.includes(60_000), { what: 'the pace' });
  rmSync(stateDir, { recursive: true });
  manager.next('heartbeat', { body: heartbeatAnswer({ newCredential: 'pls_second' }) });
  pacer.advance(60_000);
  await waitFor(() => lines.some((line) => line.includes('cannot be kept')), { what: 'the complaint' });
  await waitFor(() => pacer.sleeping.includes(60_000), { what: 'the pace' });
  pacer.advance(60_000);
  expect((await calls('heartbeat', 3))[2]?.bearer).toBe('pls_first');
});

test('a clock that is wrong by hours is told once and changes nothing', async () => {
  const { manager, target, pacer, run, calls, lines } = await setup({
    now: () => new Date(Date.now() + 7 * 3_600_000),
  });
  manager.next('lease', { body: { jobs: [jobFor(target.port)] } });
  run();
  const [result] = await calls('result', 1);
  expect(result?.body).toMatchObject({ outcome: 'done' });
  await waitFor(() => pacer.sleeping.includes(60_000), { what: 'the pace' });
  pacer.advance(60_000);
  await calls('heartbeat', 2);
  expect(lines.filter((line) => line.includes('the clock of this machine'))).toHaveLength(1);
});

test('a manager that is reached unencrypted over a network is told as such', async () => {
  const { manager, run, calls, lines } = await setup();
  const { ended, stop } = run();
  await calls('lease', 1);
  stop();
  await ended;
  expect(lines.filter((line) => line.includes('unencrypted'))).toEqual([]);
  const port = new URL(manager.url).port;
  const remote = run({ managerUrl: `http://manager.test:${port}` });
  await waitFor(() => lines.some((line) => line.includes('unencrypted')), { what: 'the warning' });
  remote.stop();
});

test('told to stop, a scanner takes nothing more, finishes what runs, delivers it and ends', async () => {
  const { manager, target, run, calls, spooled } = await setup();
  const job = jobFor(target.port, { kind: 'tls', options: { timeoutMs: 400 } });
  manager.next('lease', { body: { jobs: [job] } });
  const { ended, stop } = run();
  await waitFor(() => target.connections === 1, { what: 'the job to run' });
  const leases = manager.received('lease').length;
  stop();
  await ended;
  expect(await calls('result', 1)).toMatchObject([{ body: { outcome: 'done', leaseId: job.lease.leaseId } }]);
  expect(manager.received('lease').length).toBeLessThanOrEqual(leases + 1);
  expect(spooled()).toEqual([]);
});

test('a job that outlasts the patience of a stopping scanner is left to another, without a result', async () => {
  const { manager, target, pacer, run, spooled } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(target.port, { kind: 'tls', options: { timeoutMs: 60_000 } })] } });
  const { ended, stop } = run();
  await waitFor(() => target.connections === 1, { what: 'the job to run' });
  stop();
  await waitFor(() => pacer.sleeping.includes(9000), { what: 'the drain' });
  pacer.advance(9000);
  await ended;
  expect(manager.received('result')).toEqual([]);
  expect(spooled()).toEqual([]);
  await waitFor(() => target.connections === 0, { what: 'the probe to let go' });
});

test('results that a scanner could not deliver are delivered by the next one', async () => {
  const { manager, target, pacer, run, calls, spooled } = await setup();
  const job = jobFor(target.port);
  manager.next('lease', { body: { jobs: [job] } });
  manager.always('result', { status: 502 });
  const first = run();
  await calls('result', 1);
  first.stop();
  await waitFor(() => pacer.sleeping.includes(3000), { what: 'the last delivery' });
  pacer.advance(3000);
  await first.ended;
  expect(spooled()).toHaveLength(1);
  manager.always('result', { status: 204 });
  run();
  const delivered = await waitFor(() => manager.received('result').at(-1), { what: 'the delivery' });
  expect(delivered.body['leaseId']).toBe(job.lease.leaseId);
  await waitFor(() => spooled().length === 0, { what: 'the spool to empty' });
});

test('once: leases, works, delivers and ends', async () => {
  const { manager, target, options } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(target.port), jobFor(target.port)] } });
  const report = await runScannerOnce(options, new AbortController().signal);
  expect(report).toEqual({ jobs: 2, delivered: 2, kept: 0 });
  expect(manager.received('lease')).toHaveLength(1);
  expect(manager.received('lease')[0]?.body).toMatchObject({ waitSeconds: 0 });
  expect(manager.received('result')).toHaveLength(2);
});

test('once: nothing to do is no error', async () => {
  const { manager, options } = await setup();
  manager.next('lease', { status: 204 });
  expect(await runScannerOnce(options, new AbortController().signal)).toEqual({ jobs: 0, delivered: 0, kept: 0 });
});

test('once: a closed gate is no error', async () => {
  const { manager, options } = await setup();
  manager.always('lease', problem(503, 'schema_behind'));
  expect(await runScannerOnce(options, new AbortController().signal)).toEqual({ jobs: 0, delivered: 0, kept: 0 });
});

test('once: outside the window is refused', async () => {
  const { manager, options } = await setup({ protocolVersion: 9 });
  manager.always('lease', problem(426, 'protocol_unsupported'));
  await expect(runScannerOnce(options, new AbortController().signal)).rejects.toMatchObject({
    code: 'outside_protocol_window',
    exitCode: 3,
  });
});

test('once: a manager that is not there is told', async () => {
  const { manager, options } = await setup();
  manager.always('lease', { status: 502 });
  await expect(runScannerOnce(options, new AbortController().signal)).rejects.toMatchObject({
    code: 'manager_unreachable',
    exitCode: 1,
  });
});

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildScannerExecutable } from '../../scripts/scanner/executable.ts';
import { problem, scriptedManager } from '../testkit/scripted-manager.ts';
import { tcpTarget } from '../testkit/target-server.ts';
import { waitFor } from '../testkit/index.ts';
import packageJson from '../../package.json' with { type: 'json' };

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-executable-'));
const executable = join(folder, 'plimsoll-scanner');

beforeAll(async () => {
  await buildScannerExecutable(folder);
});

async function setup() {
  const manager = await scriptedManager();
  const target = await tcpTarget(() => undefined);
  const stateDir = mkdtempSync(join(tmpdir(), 'plimsoll-scanner-'));
  const environment = {
    PATH: process.env['PATH'] ?? '',
    SCANNER_MANAGER_URL: manager.url,
    SCANNER_ENROLMENT_TOKEN: `ple_${'t'.repeat(43)}`,
    SCANNER_STATE_DIR: stateDir,
  };
  const spooled = () => readdirSync(join(stateDir, 'spool')).filter((name) => name.endsWith('.result'));
  onTestFinished(async () => {
    await manager[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });
  return { manager, target, environment, spooled };
}

/** A scanner of the sources, as a process of its own. */
function startScanner(environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['src/main.ts', 'scanner'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stderr: '' };
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  child.stdout.resume();
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output };
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code, signal] = child.exitCode === null ? ((await once(child, 'exit')) as unknown[]) : [child.exitCode];
  return code ?? signal;
}

function jobFor(port: number, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    id: randomUUID(),
    kind: 'tcp',
    target: { host: '127.0.0.1', port },
    options: { timeoutMs: 5000 },
    lease: { leaseId: randomUUID(), leaseSeconds: 60, attempt: 1 },
    ...changes,
  };
}

test('the executable says its version and explains itself, wherever it is', async () => {
  const elsewhere = { cwd: tmpdir(), env: {} };
  expect((await run(executable, ['--version'], elsewhere)).stdout).toBe(`plimsoll-scanner ${packageJson.version}\n`);
  const { stdout } = await run(executable, ['--help'], elsewhere);
  expect(stdout).toContain('Usage: plimsoll-scanner [options]');
  expect(stdout).toContain('SCANNER_MANAGER_URL');
});

test('the executable names what it was not told, and says what to set', async () => {
  await expect(run(executable, [], { cwd: tmpdir(), env: {} })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/SCANNER_MANAGER_URL is not set \[manager_url_missing\]/) as string,
  });
});

test('the executable leases, works and delivers', async () => {
  const { manager, target, environment, spooled } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(target.port), jobFor(target.port)] } });
  const { stdout } = await run(executable, ['--once', '--json'], { cwd: tmpdir(), env: environment });
  expect(JSON.parse(stdout)).toEqual({ jobs: 2, delivered: 2, kept: 0 });
  expect(manager.received('result').map(({ body }) => body['outcome'])).toEqual(['done', 'done']);
  expect(spooled()).toEqual([]);
});

test('a scanner that is told to stop finishes what runs and ends with 0', async () => {
  const { manager, target, environment } = await setup();
  const job = jobFor(target.port, { kind: 'tls', options: { timeoutMs: 1500 } });
  manager.next('lease', { body: { jobs: [job] } });
  const { child, output } = startScanner(environment);
  await waitFor(() => target.connections === 1, { what: 'the job to run' });
  child.kill('SIGTERM');
  expect(await exitOf(child)).toBe(0);
  expect(manager.received('result')).toMatchObject([{ body: { outcome: 'done', leaseId: job.lease.leaseId } }]);
  expect(output.stderr).toContain('"scanner stopped"');
});

test('a second signal ends a scanner at once', async () => {
  const { manager, target, environment } = await setup();
  manager.next('lease', { body: { jobs: [jobFor(target.port, { kind: 'tls', options: { timeoutMs: 60_000 } })] } });
  const { child } = startScanner(environment);
  await waitFor(() => target.connections === 1, { what: 'the job to run' });
  child.kill('SIGTERM');
  await waitFor(() => manager.received('lease').length > 0 && child.kill('SIGINT'), { what: 'the second signal' });
  expect(await exitOf(child)).toBe(130);
});

test('a scanner killed behind a closed gate has its results delivered by the next one, each once', async () => {
  const { manager, target, environment, spooled } = await setup();
  const jobs = Array.from({ length: 8 }, () => jobFor(target.port));
  manager.next('lease', { body: { jobs } });
  manager.always('result', problem(503, 'schema_behind', { 'retry-after': '1' }));
  const first = startScanner(environment);
  await waitFor(() => spooled().length === 8, { what: 'all results to be kept' });
  first.child.kill('SIGKILL');
  expect(await exitOf(first.child)).toBe('SIGKILL');
  await waitFor(async () => (await manager.connections()) === 0, { what: 'all that it sent to be read' });
  const refused = manager.received('result').length;
  manager.always('result', { status: 204 });
  const second = startScanner(environment);
  await waitFor(() => spooled().length === 0, { what: 'the spool to empty' });
  const delivered = manager.received('result').slice(refused);
  expect(delivered).toHaveLength(8);
  expect(new Set(delivered.map(({ body }) => body['leaseId']))).toEqual(
    new Set(jobs.map(({ lease }) => lease.leaseId)),
  );
  second.child.kill('SIGTERM');
  expect(await exitOf(second.child)).toBe(0);
});

test('a scanner whose credential is revoked ends with 3 and says what to do', async () => {
  const { manager, environment } = await setup();
  manager.always('heartbeat', problem(401, 'credential_revoked'));
  const { child, output } = startScanner(environment);
  expect(await exitOf(child)).toBe(3);
  expect(output.stderr).toContain('[credential_refused]');
  expect(output.stderr).toContain('Admin > Scanners');
});

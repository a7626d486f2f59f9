import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../src/contract/index.ts';
import { waitFor } from '../testkit/index.ts';
import { startScriptedManager, type ScriptedManager } from './scripted-manager.ts';

/** A scanner under test: one process that keeps what it has to in a folder of its own. */
export interface ScannerUnderTest {
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
}

/** How to start the scanner; called again with the same facts it must find its credential and results again. */
export type StartScanner = (facts: {
  readonly managerUrl: string;
  readonly enrolmentToken: string;
  /** 1 or 2. */
  readonly protocolVersion: number;
  /** Made once a test. */
  readonly stateKey: string;
}) => Promise<ScannerUnderTest>;

const retry = { status: 503, headers: { 'retry-after': '1' }, body: { code: 'schema_behind' } } as const;
const patient = { timeoutMs: 20_000 };

/** What every scanner has to do, whoever wrote it. The scanner's allow-list is its default: private and loopback ranges. */
export function describeScanner(name: string, start: StartScanner): void {
  describe(`${name} conforms to the scanner protocol:`, () => {
    test('it enrols once with its token, and from then on uses its credential, also after a restart', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      await waitFor(() => manager.heartbeats().length > 0 && manager.leases().length > 0, { what: 'it', ...patient });
      await setup.restart();
      const seen = manager.calls.length;
      await waitFor(() => manager.calls.length > seen + 2, { what: 'calls after the restart', ...patient });
      expect(manager.calls.filter(({ kind }) => kind === 'enrol')).toHaveLength(1);
      expect(manager.calls[0]?.kind).toBe('enrol');
    });

    test('it sends heartbeats at the pace that it is told', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      await waitFor(() => manager.heartbeats().length >= 5, { what: 'five heartbeats', ...patient });
      manager.setHeartbeat({ nextHeartbeatSeconds: 600 });
      const before = manager.heartbeats().length;
      await waitFor(() => manager.heartbeats().length > before, { what: 'the heartbeat that tells it', ...patient });
      const told = manager.heartbeats().length;
      const asked = manager.leases().length;
      await waitFor(() => manager.leases().length > asked + 10, { what: 'time to pass', ...patient });
      expect(manager.heartbeats().length - told).toBeLessThanOrEqual(1);
    });

    test('it does a tcp job and reports it under its lease', async () => {
      await using setup = await begin(start);
      await using endpoint = await listenSilently();
      const job = tcpJob(endpoint.port);
      setup.manager.offer(job);
      const [result] = await resultsOf(setup.manager, job);
      expect(result).toMatchObject({
        outcome: 'done',
        leaseId: job.lease.leaseId,
        findings: [{ kind: 'tcp', open: true }],
      });
    });

    test('a closed port is a finding, not a failure', async () => {
      await using setup = await begin(start);
      const job = tcpJob(await freePort());
      setup.manager.offer(job);
      const [result] = await resultsOf(setup.manager, job);
      expect(result).toMatchObject({ outcome: 'done', findings: [{ kind: 'tcp', open: false, latencyMs: null }] });
    });

    test('it refuses a target outside its allow-list', async () => {
      await using setup = await begin(start);
      const job = { ...tcpJob(80), target: { host: '169.254.169.254', port: 80 } };
      setup.manager.offer(job);
      const [result] = await resultsOf(setup.manager, job);
      expect(result).toMatchObject({ outcome: 'refused', error: { code: 'target_not_allowed' } });
    });

    test('it lists the jobs that it holds in its heartbeats', async () => {
      await using setup = await begin(start);
      await using endpoint = await listenSilently();
      const job = slowJob(endpoint.port);
      setup.manager.offer(job);
      await waitFor(() => setup.manager.heartbeats().some(({ running }) => running.includes(job.id)), {
        what: 'a heartbeat that lists the job',
        ...patient,
      });
    });

    test('it keeps a result through a closed gate and a broken connection until it is acknowledged, and then forgets it', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      await using endpoint = await listenSilently();
      manager.script('result', retry, 'hang up', { status: 500 });
      const [first, second] = [tcpJob(endpoint.port), tcpJob(endpoint.port)];
      manager.offer(first);
      await waitFor(async () => (await resultsOf(manager, first)).length >= 4, {
        what: 'the result again',
        ...patient,
      });
      manager.offer(second);
      await resultsOf(manager, second);
      const sent = await resultsOf(manager, first);
      expect(sent).toHaveLength(4);
      for (const result of sent) expect(result).toEqual(sent[0]);
    });

    test('it keeps a result through its own sudden death', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      await using endpoint = await listenSilently();
      manager.script('result', ...Array.from({ length: 50 }, () => retry));
      const job = tcpJob(endpoint.port);
      manager.offer(job);
      await resultsOf(manager, job);
      await setup.restart();
      const before = (await resultsOf(manager, job)).length;
      await waitFor(async () => (await resultsOf(manager, job)).length > before, {
        what: 'the result after the restart',
        ...patient,
      });
      expect((await resultsOf(manager, job)).at(-1)).toEqual((await resultsOf(manager, job))[0]);
    });

    test('it forgets a result whose lease was lost', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      await using endpoint = await listenSilently();
      manager.script('result', { status: 409, body: { code: 'lease_lost' } });
      const [first, second] = [tcpJob(endpoint.port), tcpJob(endpoint.port)];
      manager.offer(first);
      await resultsOf(manager, first);
      manager.offer(second);
      await resultsOf(manager, second);
      expect(await resultsOf(manager, first)).toHaveLength(1);
    });

    test('outside the window it goes on with heartbeats and asks for jobs no faster than that', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      const body = { code: 'protocol_unsupported', window: { min: 8, max: 9 } };
      manager.script('lease', ...Array.from({ length: 500 }, () => ({ status: 426, body })));
      manager.setHeartbeat({ inWindow: false, window: body.window });
      const before = manager.heartbeats().length;
      await waitFor(() => manager.heartbeats().length >= before + 6, { what: 'heartbeats', ...patient });
      expect(manager.leases().length).toBeLessThan(manager.heartbeats().length + 10);
    });

    test('a closed gate at a lease makes it wait as long as it is told, and then go on', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      manager.script('lease', retry);
      await using endpoint = await listenSilently();
      const job = tcpJob(endpoint.port);
      manager.offer(job);
      await expect(resultsOf(manager, job)).resolves.not.toEqual([]);
    });

    test('it uses a new credential from the call on that follows, and keeps it over a restart', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      const newCredential = `pls_${randomUUID()}`;
      manager.setHeartbeat({ newCredential });
      await waitFor(() => manager.calls.at(-1)?.bearer === newCredential, { what: 'the new credential', ...patient });
      manager.setHeartbeat({});
      await setup.restart();
      const seen = manager.calls.length;
      await waitFor(() => manager.calls.length > seen + 2, { what: 'calls after the restart', ...patient });
      expect(manager.calls.at(-1)?.bearer).toBe(newCredential);
    });

    test('with protocol 2 it stops a job that a heartbeat cancels, and reports nothing else about it', async () => {
      await using setup = await begin(start);
      const { manager } = setup;
      await using endpoint = await listenSilently();
      const [slow, other] = [slowJob(endpoint.port), tcpJob(endpoint.port)];
      manager.offer(slow);
      await waitFor(() => manager.heartbeats().some(({ running }) => running.includes(slow.id)), {
        what: 'the job to be held',
        ...patient,
      });
      manager.setHeartbeat({ cancel: [slow.id] });
      await waitFor(() => manager.heartbeats().at(-1)?.running.includes(slow.id) === false, {
        what: 'the job to be let go',
        ...patient,
      });
      manager.offer(other);
      await resultsOf(manager, other);
      const reported = manager.results().filter(({ jobId }) => jobId === slow.id);
      expect(reported.every(({ outcome }) => outcome === 'cancelled')).toBe(true);
    });

    test('with protocol 1 it does one job a lease, and sends no partial or compressed result', async () => {
      await using setup = await begin(start, 1);
      await using endpoint = await listenSilently();
      const job = tcpJob(endpoint.port);
      setup.manager.offer(job);
      const [result] = await resultsOf(setup.manager, job);
      expect(result?.outcome).toBe('done');
      expect(setup.manager.leases().every(({ protocolVersion }) => protocolVersion === 1)).toBe(true);
    });
  });
}

async function begin(start: StartScanner, protocolVersion = 2) {
  const manager = await startScriptedManager();
  const facts = {
    managerUrl: manager.url,
    enrolmentToken: manager.token,
    protocolVersion,
    stateKey: randomUUID(),
  };
  let scanner = await start(facts);
  return {
    manager,
    restart: async () => {
      await scanner.kill();
      scanner = await start(facts);
    },
    [Symbol.asyncDispose]: async () => {
      await scanner.kill();
      await manager[Symbol.asyncDispose]();
      expect(manager.faults).toEqual([]);
    },
  };
}

/** Every result that was sent for a job; waits for the first. */
async function resultsOf(manager: ScriptedManager, job: Job) {
  return await waitFor(
    () => {
      const found = manager.results().filter(({ jobId }) => jobId === job.id);
      return found.length > 0 && found;
    },
    { what: 'a result of the job', ...patient },
  );
}

function tcpJob(port: number): Job {
  return {
    id: randomUUID(),
    kind: 'tcp',
    target: { host: '127.0.0.1', port },
    options: { timeoutMs: 2000 },
    lease: { leaseId: randomUUID(), leaseSeconds: 60, attempt: 1 },
  };
}

/** A job that takes its whole time: the endpoint takes the connection and says nothing. */
function slowJob(port: number): Job {
  const options = { timeoutMs: 15_000, scheme: 'http', path: '/', method: 'GET', maxRedirects: 0 } as const;
  return { ...tcpJob(port), kind: 'http', options };
}

async function listenSilently() {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await Promise.resolve();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

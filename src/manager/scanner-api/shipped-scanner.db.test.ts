import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../../test/testkit/certificates.ts';
import { waitFor } from '../../../test/testkit/index.ts';
import { jobsBehind } from '../../../test/testkit/memory-posture.ts';
import { httpsTarget, tcpTarget } from '../../../test/testkit/target-server.ts';
import { createTestManager, type TestManager } from '../../../test/testkit/test-manager.ts';
import { Secret, silentLog } from '../../base/index.ts';
import { runScanner } from '../../scanner/index.ts';

const loopback = { address: '127.0.0.0', prefix: 8, family: 'ipv4' } as const;

/** Lets the manager listen; gives what starts a scanner of a protocol version for it. */
async function scannersFor(manager: TestManager) {
  const url = await manager.manager.app.listen({ port: 0, host: '127.0.0.1' });
  const made = await manager.inject({
    method: 'POST',
    url: '/api/admin/enrolment-tokens',
    payload: { maxUses: 3 },
    headers: { cookie: await manager.signIn('admin'), host: 'manager.example' },
  });
  const { token } = made.json<{ token: string }>();
  const start = (protocolVersion: number) => {
    const stop = new AbortController();
    const stateDir = mkdtempSync(join(tmpdir(), 'plimsoll-scanner-'));
    const ended = runScanner(
      {
        managerUrl: url,
        name: `protocol ${protocolVersion}`,
        enrolmentToken: new Secret(token),
        networks: [loopback],
        concurrency: 8,
        stateDir,
        binaryVersion: '1.0.0',
        protocolVersion,
        log: silentLog,
        metrics: { host: '127.0.0.1', port: 0 },
      },
      stop.signal,
    );
    ended.catch(() => undefined);
    const spooled = () => readdirSync(join(stateDir, 'spool')).length;
    const end = async (): Promise<void> => {
      stop.abort();
      await ended;
    };
    return { end, spooled };
  };
  return start;
}

async function queueJobs(manager: TestManager, kind: string, port: number, count: number): Promise<void> {
  const [scan] = await manager.databases.jobs.query(
    'app',
    "insert into scans (name, requested_by) values ('s', 'u') returning id",
  );
  const http = { scheme: 'https', path: '/', method: 'GET', maxRedirects: 2 };
  const options = { timeoutMs: 2000, ...(kind === 'http' ? http : {}) };
  const body = { kind, target: { host: '127.0.0.1', port }, options, scanId: scan?.['id'] };
  await manager.databases.jobs.query(
    'app',
    `with job as (
       insert into scan_jobs (id, scan_id, kind, host, port)
       select gen_random_uuid(), $1, $2, '127.0.0.1', $3 from generate_series(1, $4) returning id)
     insert into pgboss.job (id, name, data, retry_limit) select id, 'scan-jobs', $5, 4 from job`,
    [scan?.['id'], kind, port, count, JSON.stringify(body)],
  );
}

async function recorded(manager: TestManager): Promise<number> {
  const [row] = await manager.databases.results.query('app', 'select count(*)::int as results from results');
  return row?.['results'] as number;
}

async function shareOf(manager: TestManager): Promise<unknown> {
  const config = await manager.databases.config.query('app', 'select id, name from scanners');
  const shares = await manager.databases.results.query(
    'app',
    'select scanner_id, count(*)::int as results from results group by scanner_id',
  );
  const nameOf = new Map(config.map((row) => [row['id'], row['name']]));
  return new Map(shares.map((row) => [nameOf.get(row['scanner_id']), row['results']]));
}

test('scanners of protocol 1 and 2 share the work, one of 9 gets none, and each job is recorded once', async () => {
  await using manager = await createTestManager();
  const start = await scannersFor(manager);
  await using port = await tcpTarget(() => undefined);
  await using web = await httpsTarget(await makeCertificate(), (_request, response) => response.end());
  await queueJobs(manager, 'tcp', port.port, 30);
  await queueJobs(manager, 'tls', web.port, 30);
  await queueJobs(manager, 'http', web.port, 30);
  const scanners = [1, 2, 9].map(start);
  await waitFor(async () => (await recorded(manager)) === 90, { what: 'all results', timeoutMs: 30_000 });
  await Promise.all(scanners.map(async ({ end }) => await end()));
  expect(scanners.map(({ spooled }) => spooled())).toEqual([0, 0, 0]);
  const shares = await shareOf(manager);
  expect(shares).toEqual(
    new Map([
      ['protocol 1', expect.any(Number)],
      ['protocol 2', expect.any(Number)],
    ]),
  );
  const states = await manager.databases.jobs.query(
    'app',
    'select state, count(*)::int as jobs from pgboss.job group by state',
  );
  expect(states).toEqual([{ state: 'completed', jobs: 90 }]);
});

test('results that are done while the gate is closed are kept, and recorded once when it opens', async () => {
  await using manager = await createTestManager();
  const start = await scannersFor(manager);
  await using port = await tcpTarget(() => undefined);
  const scanner = start(2);
  await queueJobs(manager, 'tls', port.port, 4);
  await waitFor(() => port.connections === 4, { what: 'the jobs to run', timeoutMs: 20_000 });
  manager.posture.close({ ...jobsBehind, part: 'leases' });
  await waitFor(() => scanner.spooled() === 4, { what: 'the results to be kept' });
  expect(await recorded(manager)).toBe(0);
  manager.posture.close();
  await waitFor(async () => (await recorded(manager)) === 4, { what: 'the results to be recorded', timeoutMs: 40_000 });
  await scanner.end();
  expect(scanner.spooled()).toBe(0);
});

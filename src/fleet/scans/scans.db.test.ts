import { expect, test } from 'vitest';
import { createTestFleet, tcpFinding } from '../../../test/testkit/index.ts';
import type { Finding, NewScan } from '../../contract/index.ts';

const scan: NewScan = {
  name: 'the databases',
  targets: [
    { host: 'db1.internal', port: 5432 },
    { host: '::1', port: 443 },
  ],
  kinds: ['tcp', 'tls', 'http'],
  priority: 0,
  timeoutMs: 5000,
};

function tlsFinding(notAfter: string): Finding {
  const certificate = {
    subject: 'CN=x',
    issuer: null,
    notBefore: null,
    serial: null,
    fingerprint256: null,
    keyType: null,
  };
  const chain = [{ ...certificate, notAfter, san: [] }];
  return { kind: 'tls', protocol: 'TLSv1.3', cipher: 'x', chain, daysLeft: 1, trusted: true, error: null };
}

test('a scan makes one job for each target and kind, which go to scanners as they wait', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const waiting = scanner.lease({ max: 10, waitSeconds: 10 });
  const made = await setup.fleet.scans.create(scan, 'ada');
  expect(made).toMatchObject({ name: 'the databases', requestedBy: 'ada', counts: { total: 6, done: 0 } });
  const jobs = await waiting;
  expect(jobs.map(({ kind, target }) => `${kind} ${target.host}`).toSorted()).toEqual([
    'http ::1',
    'http db1.internal',
    'tcp ::1',
    'tcp db1.internal',
    'tls ::1',
    'tls db1.internal',
  ]);
  expect((await setup.fleet.scans.read(made.id)).counts).toEqual({
    total: 6,
    queued: 0,
    running: 6,
    done: 0,
    failed: 0,
    cancelled: 0,
  });
});

test('the jobs of a scan show how they stand: queued, running, waiting for another attempt, done', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const { id } = await setup.fleet.scans.create({ ...scan, kinds: ['tcp', 'tls'] }, 'ada');
  const [done, failed, running] = await scanner.lease({ max: 3 });
  if (done === undefined || failed === undefined || running === undefined) throw new Error('no jobs');
  await scanner.finish(done);
  await scanner.finish(failed, { outcome: 'failed', error: { code: 'probe_crashed', message: 'no' } });
  const rows = await setup.fleet.scans.jobs({ scanId: id, after: null, limit: 10 });
  const states = new Map(rows.map((row) => [row.id, row]));
  expect(states.get(done.id)).toMatchObject({ state: 'done', attempts: 1 });
  expect(states.get(failed.id)).toMatchObject({ state: 'waiting', attempts: 1, error: { code: 'probe_crashed' } });
  expect(states.get(running.id)).toMatchObject({ state: 'running', scannerId: scanner.id });
  expect(rows.map(({ state }) => state).toSorted()).toEqual(['done', 'queued', 'running', 'waiting']);
});

test('jobs and findings name their scanner, also once it is called otherwise', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner({ name: 'dmz-1' });
  const { id } = await setup.fleet.scans.create(
    { ...scan, targets: scan.targets.slice(0, 1), kinds: ['tcp', 'tls'] },
    'ada',
  );
  const [done, held] = await scanner.lease({ max: 2 });
  if (done === undefined || held === undefined) throw new Error('no jobs');
  await scanner.finish(done);
  const rows = await setup.fleet.scans.jobs({ scanId: id, after: null, limit: 10 });
  expect(new Map(rows.map((row) => [row.id, row.scannerName]))).toEqual(
    new Map([
      [held.id, 'dmz-1'],
      [done.id, null],
    ]),
  );
  await setup.open.config.query("update scanners set name = 'dmz-2' where id = $1", [scanner.id]);
  const found = await setup.fleet.scans.findings({ scanId: id, address: null, limit: 10 });
  expect(found.map(({ scannerName }) => scannerName)).toEqual(['dmz-2']);
});

test('findings of a scan begin with the certificates that expire first; the history of a target is its own', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const { id } = await setup.fleet.scans.create({ ...scan, kinds: ['tcp', 'tls'] }, 'ada');
  const expiry = { 'db1.internal': '2027-05-01T00:00:00Z', '::1': '2026-12-01T00:00:00Z' };
  for (const job of await scanner.lease({ max: 4 })) {
    const notAfter = job.target.host === '::1' ? expiry['::1'] : expiry['db1.internal'];
    await scanner.finish(job, { outcome: 'done', findings: [job.kind === 'tls' ? tlsFinding(notAfter) : tcpFinding] });
  }
  const found = await setup.fleet.scans.findings({ scanId: id, address: null, limit: 10 });
  expect(found.map(({ kind, address }) => `${kind} ${address}`)).toEqual([
    'tls [::1]:443',
    'tls db1.internal:5432',
    'tcp [::1]:443',
    'tcp db1.internal:5432',
  ]);
  const history = await setup.fleet.scans.findings({ scanId: null, address: 'db1.internal:5432', limit: 10 });
  expect(history.map(({ kind }) => kind).toSorted()).toEqual(['tcp', 'tls']);
});

test('a cancelled scan takes back what is queued and what is held, and its late results are refused', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const { id } = await setup.fleet.scans.create({ ...scan, kinds: ['tcp', 'tls'] }, 'ada');
  const [done, held] = await scanner.lease({ max: 2 });
  if (done === undefined || held === undefined) throw new Error('no jobs');
  await scanner.finish(done);
  await expect(setup.fleet.scans.cancel(id)).resolves.toBe(3);
  await expect(scanner.lease()).resolves.toEqual([]);
  expect((await scanner.heartbeat({ running: [held.id] })).cancel).toEqual([held.id]);
  await expect(scanner.finish(held)).rejects.toMatchObject({ code: 'lease_lost' });
  await scanner.finish(held, { outcome: 'cancelled' });
  expect((await setup.fleet.scans.read(id)).counts).toMatchObject({ total: 4, done: 1, cancelled: 3, running: 0 });
});

test('a scan that does not exist is named in the error', async () => {
  await using setup = await createTestFleet();
  const nobody = '0198c0de-0000-4000-8000-000000000000';
  await expect(setup.fleet.scans.read(nobody)).rejects.toMatchObject({ code: 'scan_unknown', httpStatus: 404 });
});

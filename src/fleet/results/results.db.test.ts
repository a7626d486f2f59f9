import { expect, test } from 'vitest';
import { createTestFleet, tcpFinding, type Outcome, type TestFleet } from '../../../test/testkit/index.ts';
import type { Finding } from '../../contract/index.ts';

const done: Outcome = { outcome: 'done', findings: [tcpFinding] };

async function leased(setup: TestFleet, protocolVersion = 2) {
  const scanner = await setup.scanner({ protocolVersion });
  await setup.addJobs(1);
  const [job] = await scanner.lease();
  if (job === undefined) throw new Error('no job');
  return { scanner, job };
}

async function counts(setup: TestFleet) {
  const [row] = await setup.databases.results.query(
    'app',
    'select (select count(*)::int from results) as results, (select count(*)::int from findings) as findings',
  );
  return row;
}

test('a result that is sent again is acknowledged again and recorded once', async () => {
  await using setup = await createTestFleet();
  const { scanner, job } = await leased(setup);
  const second = await setup.another();
  await scanner.finish(job);
  await scanner.finish(job);
  await scanner.finish(job, done, second);
  await expect(counts(setup)).resolves.toEqual({ results: 1, findings: 1 });
});

test('a result that reaches two managers at the same moment is recorded once', async () => {
  await using setup = await createTestFleet();
  const second = await setup.another();
  const { scanner, job } = await leased(setup);
  await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      await scanner.finish(job, done, index % 2 === 0 ? setup.fleet : second);
    }),
  );
  await expect(counts(setup)).resolves.toEqual({ results: 1, findings: 1 });
});

test('a result written by a manager that died before ending the job is found by the sweep, and not done again', async () => {
  await using setup = await createTestFleet();
  const { scanner, job } = await leased(setup);
  await setup.databases.results.query(
    'app',
    `with t as (insert into targets (address) values ('127.0.0.1:80') returning id)
     insert into results (lease_id, job_id, scan_id, scanner_id, target_id, kind, attempt)
     select $1, $2, $2, $3, t.id, 'tcp', 1 from t`,
    [job.lease.leaseId, job.id, scanner.id],
  );
  await setup.databases.jobs.query('app', "update leases set expires_at = now() - interval '1 second'");
  await setup.fleet.round();
  const [ended] = await setup.databases.jobs.query('app', 'select outcome from scan_jobs');
  expect(ended).toEqual({ outcome: 'done' });
  const [queued] = await setup.databases.jobs.query('app', 'select state from pgboss.job');
  expect(queued).toEqual({ state: 'completed' });
  await scanner.finish(job);
  await expect(counts(setup)).resolves.toEqual({ results: 1, findings: 0 });
});

test('a job done again after its first result was recorded keeps the first, and ends', async () => {
  await using setup = await createTestFleet();
  const { scanner, job } = await leased(setup);
  const other = '00000000-0000-4000-8000-000000000001';
  await setup.databases.results.query(
    'app',
    `with t as (insert into targets (address) values ('127.0.0.1:80') returning id)
     insert into results (lease_id, job_id, scan_id, scanner_id, target_id, kind, attempt)
     select $1, $2, $2, $3, t.id, 'tcp', 1 from t`,
    [other, job.id, scanner.id],
  );
  await expect(scanner.finish(job)).rejects.toMatchObject({ code: 'lease_lost' });
  const results = await setup.databases.results.query('app', 'select lease_id from results');
  expect(results).toEqual([{ lease_id: other }]);
  const [ended] = await setup.databases.jobs.query('app', 'select outcome from scan_jobs');
  expect(ended).toEqual({ outcome: 'done' });
});

test('partial results are kept once each, and count with the result that follows', async () => {
  await using setup = await createTestFleet();
  const { scanner, job } = await leased(setup);
  const partial = (sequence: number): Outcome => ({ outcome: 'partial', sequence, findings: [tcpFinding] });
  await scanner.finish(job, partial(0));
  await scanner.finish(job, partial(0));
  await scanner.finish(job, partial(1));
  await scanner.finish(job, { outcome: 'done', findings: [] });
  await expect(counts(setup)).resolves.toEqual({ results: 1, findings: 2 });
  await expect(scanner.finish(job, partial(2))).rejects.toMatchObject({ code: 'lease_lost' });
});

test('protocol 1 has no partial results', async () => {
  await using setup = await createTestFleet();
  const { scanner, job } = await leased(setup, 1);
  await expect(scanner.finish(job, { outcome: 'partial', sequence: 0, findings: [tcpFinding] })).rejects.toMatchObject({
    code: 'outcome_not_of_protocol',
    httpStatus: 400,
  });
  await scanner.finish(job);
});

test.each(['2027-01-01T00:00:00Z', '0000-01-01T00:00:00Z'])(
  'a certificate is kept with the time at which it expires: %s',
  async (notAfter) => {
    await using setup = await createTestFleet();
    const { scanner, job } = await leased(setup);
    const finding: Finding = {
      kind: 'tls',
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      chain: [
        {
          subject: 'CN=name',
          issuer: null,
          notBefore: null,
          notAfter,
          serial: null,
          san: [],
          fingerprint256: null,
          keyType: null,
        },
      ],
      daysLeft: 40,
      trusted: false,
      error: null,
    };
    await scanner.finish(job, { outcome: 'done', findings: [finding] });
    const [row] = await setup.databases.results.query('app', 'select certificate_expires_at as at from findings');
    expect(row).toEqual({ at: new Date(notAfter) });
  },
);

test('a result with a lease id that never was is refused', async () => {
  await using setup = await createTestFleet();
  const { scanner, job } = await leased(setup);
  const forged = { ...job, lease: { ...job.lease, leaseId: '00000000-0000-4000-8000-000000000002' } };
  await expect(scanner.finish(forged)).rejects.toMatchObject({ code: 'lease_lost' });
});

test('a result that the database refuses fails alone; those that travel with it are recorded', async () => {
  await using setup = await createTestFleet();
  const [first, second] = [await leased(setup), await leased(setup)];
  const error = { code: 'odd', message: 'a\0b' };
  const [odd, plain] = await Promise.allSettled([
    first.scanner.finish(first.job, { outcome: 'failed', error }),
    second.scanner.finish(second.job),
  ]);
  expect([odd.status, plain.status]).toEqual(['rejected', 'fulfilled']);
});

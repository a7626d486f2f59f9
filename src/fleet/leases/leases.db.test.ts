import { describe, expect, test } from 'vitest';
import { createTestFleet } from '../../../test/testkit/index.ts';
import { silentLog, type Secret } from '../../base/index.ts';
import { createJobQueue, type JobQueue } from './queue.ts';

/** The real queue, with something that happens right after each fetch. */
function slowQueue(url: Secret, afterFetch: () => void): JobQueue {
  const queue = createJobQueue({ url, log: silentLog });
  return {
    ...queue,
    fetch: async (count) => {
      const jobs = await queue.fetch(count);
      afterFetch();
      return jobs;
    },
  };
}

test('a job goes to a scanner with its lease, and its result ends it', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const [id] = await setup.addJobs(1);
  const [job] = await scanner.lease();
  expect(job).toMatchObject({ id, kind: 'tcp', target: { host: '127.0.0.1', port: 80 }, lease: { attempt: 1 } });
  if (job === undefined) throw new Error('no job');
  await scanner.finish(job);
  const [ended] = await setup.databases.jobs.query('app', 'select outcome, attempts from scan_jobs');
  expect(ended).toEqual({ outcome: 'done', attempts: 1 });
  const [queued] = await setup.databases.jobs.query('app', "select state from pgboss.job where name = 'scan-jobs'");
  expect(queued).toEqual({ state: 'completed' });
  await expect(scanner.lease()).resolves.toEqual([]);
});

test('an empty queue is waited for, and a job that comes meanwhile ends the wait', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const waiting = scanner.lease({ waitSeconds: 20 });
  const [id] = await setup.addJobs(1);
  expect((await waiting)[0]?.id).toBe(id);
});

test('protocol 1 is leased one job a call, protocol 2 as many as it asks for', async () => {
  await using setup = await createTestFleet();
  const [old, current] = [await setup.scanner({ protocolVersion: 1 }), await setup.scanner()];
  await setup.addJobs(8);
  await expect(old.lease({ max: 5 })).resolves.toHaveLength(1);
  await expect(current.lease({ max: 5 })).resolves.toHaveLength(5);
});

test('jobs of a higher priority go first', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  await setup.addJobs(2);
  const [urgent] = await setup.addJobs(1, { priority: 10 });
  expect((await scanner.lease())[0]?.id).toBe(urgent);
});

test('two managers that lease to many scanners at once hand out no job twice', async () => {
  await using setup = await createTestFleet();
  const second = await setup.another();
  const scanners = await Promise.all(Array.from({ length: 8 }, async () => await setup.scanner()));
  const ids = await setup.addJobs(300);
  const seen: string[] = [];
  await Promise.all(
    scanners.map(async (scanner, index) => {
      const on = index % 2 === 0 ? setup.fleet : second;
      for (;;) {
        const jobs = await scanner.lease({ max: 1 + index, waitSeconds: 0.3, on });
        if (jobs.length === 0) return;
        seen.push(...jobs.map(({ id }) => id));
        await Promise.all(jobs.map(async (job) => await scanner.finish(job, undefined, on)));
      }
    }),
  );
  expect(seen.toSorted()).toEqual(ids.toSorted());
  const [counts] = await setup.databases.results.query('app', 'select count(*)::int as results from results');
  expect(counts).toEqual({ results: 300 });
});

test('two managers that hold one job in memory lease it once', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const second = await setup.another();
  const [id] = await setup.addJobs(1);
  const [job] = await scanner.lease();
  // As after a manager slept through its time-outs: the job is fetched again although its lease is alive.
  await setup.databases.jobs.query('app', "update pgboss.job set state = 'created', started_on = null where id = $1", [
    id,
  ]);
  await expect(scanner.lease({ on: second, waitSeconds: 0.1 })).resolves.toEqual([]);
  if (job === undefined) throw new Error('no job');
  await scanner.finish(job);
});

test('a scanner that hangs up before its jobs reach it leaves them to others, and no attempt is counted', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  await setup.addJobs(1);
  const abort = new AbortController();
  // Hangs up while its job is being leased.
  const second = await setup.another({
    queue: slowQueue(setup.databases.jobs.urls.app, () => {
      abort.abort();
    }),
  });
  await expect(scanner.lease({ on: second, waitSeconds: 5, signal: abort.signal })).resolves.toEqual([]);
  const [job] = await scanner.lease({ waitSeconds: 5 });
  expect(job?.lease.attempt).toBe(1);
});

test('a manager that stops gives back what it had fetched ahead', async () => {
  await using setup = await createTestFleet();
  const second = await setup.another();
  const scanner = await setup.scanner();
  await setup.addJobs(50);
  for (let round = 0; round < 4; round += 1) await scanner.lease({ on: second });
  await second.stop();
  const rows = await setup.databases.jobs.query(
    'app',
    "select state, count(*)::int as jobs from pgboss.job where name = 'scan-jobs' group by state order by state",
  );
  expect(rows).toEqual([
    { state: 'created', jobs: 46 },
    { state: 'active', jobs: 4 },
  ]);
});

describe('a lease', () => {
  test('that expires is taken back, and the job goes to another scanner as its second attempt', async () => {
    await using setup = await createTestFleet();
    const [first, second] = [await setup.scanner(), await setup.scanner()];
    await setup.addJobs(1);
    const [job] = await first.lease();
    if (job === undefined) throw new Error('no job');
    await setup.databases.jobs.query('app', "update leases set expires_at = now() - interval '1 second'");
    await setup.fleet.round();
    await setup.databases.jobs.query('app', 'update pgboss.job set start_after = now()');
    const [again] = await second.lease({ waitSeconds: 1 });
    expect(again).toMatchObject({ id: job.id, lease: { attempt: 2 } });
    await expect(first.finish(job)).rejects.toMatchObject({ code: 'lease_lost', httpStatus: 409 });
    if (again === undefined) throw new Error('no job');
    await second.finish(again);
    const results = await setup.databases.results.query('app', 'select scanner_id, attempt from results');
    expect(results).toEqual([{ scanner_id: second.id, attempt: 2 }]);
  });

  test('that a heartbeat lists is renewed; one that is gone is on the list of what to stop', async () => {
    await using setup = await createTestFleet();
    const scanner = await setup.scanner();
    await setup.addJobs(2);
    const [kept, gone] = await scanner.lease({ max: 2 });
    if (kept === undefined || gone === undefined) throw new Error('no jobs');
    await setup.databases.jobs.query('app', "update leases set expires_at = now() + interval '1 second'");
    await setup.databases.jobs.query(
      'app',
      "update leases set ended_at = now(), outcome = 'expired' where job_id = $1",
      [gone.id],
    );
    const answer = await scanner.heartbeat({ running: [kept.id, gone.id] });
    expect(answer.cancel).toEqual([gone.id]);
    const [lease] = await setup.databases.jobs.query(
      'app',
      "select expires_at > now() + interval '50 seconds' as renewed from leases where job_id = $1",
      [kept.id],
    );
    expect(lease).toEqual({ renewed: true });
  });

  test('of another scanner is neither renewed nor reported by this one', async () => {
    await using setup = await createTestFleet();
    const [owner, stranger] = [await setup.scanner(), await setup.scanner()];
    await setup.addJobs(1);
    const [job] = await owner.lease();
    if (job === undefined) throw new Error('no job');
    expect((await stranger.heartbeat({ running: [job.id] })).cancel).toEqual([job.id]);
    await expect(stranger.finish(job)).rejects.toMatchObject({ code: 'lease_lost' });
    await owner.finish(job);
  });

  test('from before a restore is nobody’s: its result is refused, and the job is done again', async () => {
    await using setup = await createTestFleet();
    const scanner = await setup.scanner();
    await setup.addJobs(1);
    const [job] = await scanner.lease();
    if (job === undefined) throw new Error('no job');
    await setup.databases.config.query(
      'app',
      "insert into settings (key, value, updated_by) values ('fleet.epoch', '1', 'test')",
    );
    await setup.fleet.round();
    await expect(scanner.finish(job)).rejects.toMatchObject({ code: 'lease_lost' });
    const [queued] = await setup.databases.jobs.query('app', 'select state from pgboss.job');
    expect(queued).toEqual({ state: 'retry' });
  });
});

test('jobs that a dead manager had fetched and leased to nobody come back without costing an attempt', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const [id] = await setup.addJobs(1);
  await setup.databases.jobs.query(
    'app',
    "update pgboss.job set state = 'active', started_on = now() - interval '2 minutes' where id = $1",
    [id],
  );
  await expect(scanner.lease()).resolves.toEqual([]);
  await setup.fleet.round();
  expect((await scanner.lease())[0]).toMatchObject({ id, lease: { attempt: 1 } });
});

test('a job that is refused goes to another scanner first', async () => {
  await using setup = await createTestFleet();
  const [narrow, wide] = [await setup.scanner(), await setup.scanner()];
  await setup.addJobs(1);
  const [job] = await narrow.lease();
  if (job === undefined) throw new Error('no job');
  await narrow.finish(job, { outcome: 'refused', error: { code: 'target_not_allowed', message: 'outside' } });
  await setup.databases.jobs.query('app', 'update pgboss.job set start_after = now()');
  await expect(narrow.lease({ waitSeconds: 0.2 })).resolves.toEqual([]);
  expect((await wide.lease({ waitSeconds: 1 }))[0]).toMatchObject({ id: job.id, lease: { attempt: 2 } });
});

test('a job that fails five times ends in the dead letters with its reason, and nowhere else', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  await setup.addJobs(1);
  const error = { code: 'probe_crashed', message: 'no memory' };
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const [job] = await scanner.lease({ waitSeconds: 2 });
    expect(job?.lease.attempt).toBe(attempt);
    if (job !== undefined) await scanner.finish(job, { outcome: 'failed', error });
    await setup.databases.jobs.query('app', 'update pgboss.job set start_after = now()');
  }
  await expect(scanner.lease()).resolves.toEqual([]);
  const [dead] = await setup.databases.jobs.query(
    'app',
    "select source_output from pgboss.job where name = 'scan-jobs-dead'",
  );
  expect(dead).toMatchObject({ source_output: error });
  const [ended] = await setup.databases.jobs.query('app', 'select outcome, attempts, error from scan_jobs');
  expect(ended).toEqual({ outcome: 'failed', attempts: 5, error });
});

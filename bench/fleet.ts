import { randomUUID } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import { silentLog, systemClock, type Secret } from '../src/base/index.ts';
import type { DatabaseName } from '../src/contract/index.ts';
import { createEnrolmentToken, createFleet, createJobQueue, readCensusOf } from '../src/fleet/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../src/manifest/index.ts';
import { runMigrator } from '../src/migrator/index.ts';
import { openDatabase, type Database } from '../src/postgres/index.ts';
import { markdownTable, median } from './measure.ts';

type Urls = Readonly<Record<DatabaseName, Secret>>;

const jobCount = 10_000;
const workers = 8;
const rounds = 3;

/** Measures the fleet on migrated databases: how the census scales, and jobs a second beside what lies under it. */
export async function benchFleet(urls: Urls): Promise<string> {
  const manifest = await readManifest(defaultManifestPath());
  await runMigrator({ urls, manifest, migrationsDir: defaultMigrationsDir() });
  const open = (name: DatabaseName): Database =>
    openDatabase({
      name,
      url: urls[name],
      applicationName: 'bench',
      connectTimeoutMs: 5000,
      statementTimeoutMs: 600_000,
      max: 10,
    });
  const databases = { config: open('config'), jobs: open('jobs'), results: open('results') };
  try {
    const throughput = await compareThroughput(databases, urls);
    return `${await compareCensus(databases.config)}\n\n${throughput}`;
  } finally {
    await Promise.all(Object.values(databases).map(async (database) => await database.close()));
  }
}

async function compareCensus(config: Database): Promise<string> {
  const few = await censusAt(config, 1000);
  const many = await censusAt(config, 1_000_000);
  const table = markdownTable(
    ['Reading the census, ms', '1,000 scanners', '1,000,000 scanners', 'ratio'],
    [
      ['kept counts', few.kept.toFixed(2), many.kept.toFixed(2), (many.kept / few.kept).toFixed(1)],
      ['counting the rows', few.counted.toFixed(2), many.counted.toFixed(2), (many.counted / few.counted).toFixed(1)],
    ],
  );
  return `### Census\n\n${table}`;
}

async function censusAt(config: Database, scanners: number): Promise<{ kept: number; counted: number }> {
  await config.query(
    `with token as (
       insert into enrolment_tokens (token_hash, made_by, expires_at, max_uses)
       values (sha256(gen_random_uuid()::text::bytea), 'bench', now(), 1) returning id
     ), present as (select count(*) as count from scanners)
     insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version, state)
     select 'bench', token.id, sha256(gen_random_uuid()::text::bytea), '1.' || n % 5 || '.0', 1 + n % 3, 'online'
       from token, present, generate_series(present.count + 1, $1) n`,
    [scanners],
  );
  await config.query('analyze scanners');
  const kept = await medianMs(async () => await readCensusOf(config));
  const counted = await medianMs(
    async () => await config.query('select binary_version, protocol_version, count(*) from scanners group by 1, 2'),
  );
  return { kept, counted };
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 21; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return median(times);
}

async function compareThroughput(databases: Record<DatabaseName, Database>, urls: Urls): Promise<string> {
  const ways = {
    'bare `skip locked`, one by one': async () => await bareLoop(databases.jobs),
    'pg-boss, one by one': async () => await bossLoop(databases.jobs, urls.jobs),
    'the fleet, one job a lease': async () => await fleetLoop(databases, urls.jobs, 1),
    'the fleet, ten jobs a lease': async () => await fleetLoop(databases, urls.jobs, 10),
  };
  const rates = new Map<string, number[]>();
  // In turns, so that whatever else the machine does falls on all of them.
  for (let round = 0; round < rounds; round += 1)
    for (const [name, run] of Object.entries(ways)) rates.set(name, [...(rates.get(name) ?? []), await run()]);
  const base = median([...rates.values()][0] ?? []);
  const rows = Array.from(rates, ([name, values]) => {
    const rate = median(values);
    return [name, Math.round(rate).toLocaleString('en'), (rate / base).toFixed(2)];
  });
  const table = markdownTable(['Lease and result', 'jobs a second', 'of the first'], rows);
  return `### Jobs\n\n${jobCount.toLocaleString('en')} jobs, ${workers} workers, medians of ${rounds}; the fleet also records a lease and a result with its finding.\n\n${table}`;
}

async function timed(run: () => Promise<boolean>): Promise<number> {
  const started = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (await run());
    }),
  );
  return (jobCount / (performance.now() - started)) * 1000;
}

async function bareLoop(jobs: Database): Promise<number> {
  await jobs.query('drop table if exists bench_jobs');
  await jobs.query("create table bench_jobs (id bigint primary key, state text not null default 'created')");
  await jobs.query('insert into bench_jobs (id) select generate_series(1, $1)', [jobCount]);
  return await timed(async () => {
    const [job] = await jobs.query<{ id: string }>(
      `update bench_jobs set state = 'active' where id = (
         select id from bench_jobs where state = 'created' order by id limit 1 for update skip locked) returning id`,
    );
    if (job === undefined) return false;
    await jobs.query("update bench_jobs set state = 'done' where id = $1", [job.id]);
    return true;
  });
}

async function addJobs(jobs: Database): Promise<void> {
  await jobs.query("delete from pgboss.job where name = 'scan-jobs'");
  const [scan] = await jobs.query<{ id: string }>(
    "insert into scans (name, requested_by) values ('b', 'b') returning id",
  );
  const target = { host: '127.0.0.1', port: 80 };
  const body = { kind: 'tcp', target, options: { timeoutMs: 1000 }, scanId: scan?.id };
  await jobs.query(
    `with job as (
       insert into scan_jobs (id, scan_id, kind, host, port)
       select gen_random_uuid(), $1, 'tcp', '127.0.0.1', 80 from generate_series(1, $3) returning id
     )
     insert into pgboss.job (id, name, data, retry_limit) select id, 'scan-jobs', $2, 4 from job`,
    [scan?.id, JSON.stringify(body), jobCount],
  );
  await jobs.query('analyze');
}

async function bossLoop(jobs: Database, url: Secret): Promise<number> {
  await addJobs(jobs);
  const boss = new PgBoss({
    connectionString: url.reveal(),
    migrate: false,
    supervise: false,
    schedule: false,
    max: 10,
  });
  await boss.start();
  const rate = await timed(async () => {
    const [job] = await boss.fetch('scan-jobs');
    if (job === undefined) return false;
    await boss.complete('scan-jobs', job.id);
    return true;
  });
  await boss.stop({ graceful: false });
  return rate;
}

async function fleetLoop(databases: Record<DatabaseName, Database>, url: Secret, max: number): Promise<number> {
  await addJobs(databases.jobs);
  const queue = createJobQueue({ url, log: silentLog });
  const window = { min: 1, max: 2 };
  const fleet = createFleet({
    ...databases,
    queue,
    window,
    clock: systemClock,
    log: silentLog,
    isProductOpen: () => true,
  });
  await fleet.round();
  const { text } = await createEnrolmentToken(databases.config, {
    note: '',
    madeBy: 'bench',
    validSeconds: 600,
    maxUses: 1,
  });
  const facts = { name: `bench ${randomUUID()}`, binaryVersion: '1.0.0', protocolVersion: 2 };
  const { credential } = await fleet.enrol(text.reveal(), facts);
  const { signal } = new AbortController();
  const rate = await timed(async () => {
    const leased = await fleet.lease(credential, { protocolVersion: 2, max, waitSeconds: 0 }, signal);
    await Promise.all(
      leased.map(async ({ id, lease: { leaseId } }) => {
        const finding = { kind: 'tcp', open: true, latencyMs: 1, error: null } as const;
        await fleet.result(credential, id, { outcome: 'done', leaseId, findings: [finding] });
      }),
    );
    return leased.length > 0;
  });
  await fleet.stop();
  return rate;
}

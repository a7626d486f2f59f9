import { expect, test } from 'vitest';
import { createTestFleet, hangingServer, waitFor, type TestFleet } from '../../../test/testkit/index.ts';
import { Secret, silentLog, systemClock } from '../../base/index.ts';
import { connect } from '../../postgres/index.ts';
import { readCensus } from '../census/census.ts';
import { createFleet } from '../fleet.ts';
import { createJobQueue } from '../leases/queue.ts';

async function census(setup: TestFleet) {
  const url = setup.databases.config.urls.app;
  const client = await connect({ name: 'config', url, applicationName: 'test', connectTimeoutMs: 5000 });
  try {
    return await readCensus(client);
  } finally {
    await client.end();
  }
}

async function scannerRow(setup: TestFleet, columns: string) {
  const [row] = await setup.databases.config.query('app', `select ${columns} from scanners`);
  return row;
}

/** Lets time pass for the database, whose clock cannot be moved. */
async function age(setup: TestFleet, seconds: number): Promise<void> {
  await setup.databases.config.query(
    'app',
    `update scanners set last_seen_at = last_seen_at - make_interval(secs => ${seconds}),
       lapses_at = lapses_at - make_interval(secs => ${seconds})`,
  );
}

test('the census counts scanners by version as they enrol, call, change version, fall silent and are revoked', async () => {
  await using setup = await createTestFleet();
  const [first, second] = [await setup.scanner(), await setup.scanner()];
  await setup.scanner({ protocolVersion: 1, binaryVersion: '0.9.0' });
  await expect(census(setup)).resolves.toEqual([
    { binaryVersion: '1.0.0', protocolVersion: 2, count: 2, online: 0 },
    { binaryVersion: '0.9.0', protocolVersion: 1, count: 1, online: 0 },
  ]);
  await first.heartbeat();
  await second.heartbeat({ binaryVersion: '1.1.0' });
  await setup.fleet.round();
  await expect(census(setup)).resolves.toEqual([
    { binaryVersion: '1.1.0', protocolVersion: 2, count: 1, online: 1 },
    { binaryVersion: '1.0.0', protocolVersion: 2, count: 1, online: 1 },
    { binaryVersion: '0.9.0', protocolVersion: 1, count: 1, online: 0 },
  ]);
  await age(setup, 40);
  await setup.fleet.round();
  await setup.databases.config.query(
    'app',
    "update scanners set state = 'revoked', revoked_at = now(), revoked_by = 'a' where binary_version = '1.1.0'",
  );
  await expect(census(setup)).resolves.toEqual([
    { binaryVersion: '1.0.0', protocolVersion: 2, count: 1, online: 0 },
    { binaryVersion: '0.9.0', protocolVersion: 1, count: 1, online: 0 },
  ]);
});

test('the census is what counting the scanners gives, after many managers wrote heartbeats at once', async () => {
  await using setup = await createTestFleet();
  const managers = [setup.fleet, await setup.another(), await setup.another()];
  const scanners = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => await setup.scanner({ binaryVersion: `1.${index % 4}.0` })),
  );
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(
      scanners.flatMap((scanner, index) =>
        managers.map(async (on) => await scanner.heartbeat({ on, binaryVersion: `1.${(index + round) % 4}.0` })),
      ),
    );
    await Promise.all(managers.map(async (manager) => await manager.round()));
  }
  const counted = await setup.databases.config.query(
    'app',
    `select binary_version as "binaryVersion", protocol_version as "protocolVersion", count(*)::int as count,
            (count(*) filter (where state = 'online'))::int as online
       from scanners group by 1, 2 order by 2 desc, 1 desc`,
  );
  await expect(census(setup)).resolves.toEqual(counted);
});

test('a scanner that falls silent is late, then offline, and online again when it calls', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  await scanner.heartbeat();
  await setup.fleet.round();
  await expect(scannerRow(setup, 'state')).resolves.toEqual({ state: 'online' });
  await age(setup, 31);
  await setup.fleet.round();
  await expect(scannerRow(setup, 'state')).resolves.toEqual({ state: 'late' });
  await age(setup, 60);
  await setup.fleet.round();
  await expect(scannerRow(setup, 'state, lapses_at')).resolves.toEqual({ state: 'offline', lapses_at: null });
  await scanner.heartbeat();
  await setup.fleet.round();
  await expect(scannerRow(setup, 'state')).resolves.toEqual({ state: 'online' });
});

test('a restart is not taken for a clone; two instances that take turns are, in one batch or over several', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const suspected = async () => (await scannerRow(setup, 'clone_suspected_at is not null as suspected'))?.['suspected'];
  for (const instanceId of ['first-start', 'second-start', 'third-start']) {
    await scanner.heartbeat({ instanceId });
    await setup.fleet.round();
  }
  await expect(suspected()).resolves.toBe(false);
  await scanner.heartbeat({ instanceId: 'second-start' });
  await setup.fleet.round();
  await expect(suspected()).resolves.toBe(true);
  await setup.databases.config.query('app', 'update scanners set clone_suspected_at = null');
  for (const instanceId of ['fifth-start', 'sixth-start', 'fifth-start']) await scanner.heartbeat({ instanceId });
  await setup.fleet.round();
  await expect(suspected()).resolves.toBe(true);
});

test('a scanner outside the window is seen, gets no jobs, and the refusals are counted until it is upgraded', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner({ protocolVersion: 9 });
  await setup.addJobs(1);
  await expect(scanner.heartbeat()).resolves.toMatchObject({ inWindow: false, window: { min: 1, max: 2 }, cancel: [] });
  for (let call = 0; call < 3; call += 1)
    await expect(scanner.lease()).rejects.toMatchObject({
      code: 'protocol_unsupported',
      httpStatus: 426,
      details: { window: { min: 1, max: 2 } },
    });
  await setup.fleet.round();
  await expect(
    scannerRow(setup, 'state, refused_count::int as refused, refused_since is not null as since'),
  ).resolves.toEqual({ state: 'online', refused: 3, since: true });
  await setup.fleet.heartbeat(scanner.credential, { binaryVersion: '2.0.0', protocolVersion: 2, running: [] });
  await setup.fleet.round();
  await expect(scannerRow(setup, 'refused_since')).resolves.toEqual({ refused_since: null });
});

test('when the window moves, a scanner left outside may still report the job it holds', async () => {
  await using setup = await createTestFleet();
  const old = await setup.scanner({ protocolVersion: 1 });
  await setup.addJobs(2);
  const [held] = await old.lease();
  const next = await setup.another({ window: { min: 2, max: 3 } });
  await expect(old.lease({ on: next })).rejects.toMatchObject({ code: 'protocol_unsupported' });
  if (held === undefined) throw new Error('no job');
  await expect(old.heartbeat({ on: next, running: [held.id] })).resolves.toMatchObject({ inWindow: false });
  await old.finish(held, undefined, next);
  const results = await setup.databases.results.query('app', 'select job_id from results');
  expect(results).toEqual([{ job_id: held.id }]);
});

test('heartbeats that cannot be written are kept until they can', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  await scanner.heartbeat();
  await setup.databases.config.query('owner', 'alter table scanners rename to scanners_away');
  await expect(setup.fleet.round()).rejects.toBeDefined();
  await setup.databases.config.query('owner', 'alter table scanners_away rename to scanners');
  await setup.fleet.round();
  await expect(scannerRow(setup, 'state')).resolves.toEqual({ state: 'online' });
});

test('a manager that has just started never asks a large fleet to call every ten seconds, even while its jobs database hangs', async () => {
  await using setup = await createTestFleet();
  await using hanging = await hangingServer();
  const scanner = await setup.scanner();
  await setup.databases.config.query(
    'app',
    `insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version)
     select 'one of many', enrolled_with, sha256(n::text::bytea), '1.0.0', 2 from scanners, generate_series(1, 3999) n`,
  );
  const url = new Secret(`postgres://app:app@127.0.0.1:${hanging.port}/jobs`);
  const fleet = createFleet({
    ...setup.open,
    queue: createJobQueue({ url, log: silentLog }),
    window: { min: 1, max: 2 },
    clock: systemClock,
    log: silentLog,
    isProductOpen: () => true,
    random: () => 0.5,
  });
  const paces: number[] = [(await scanner.heartbeat({ on: fleet })).nextHeartbeatSeconds];
  expect(paces).toEqual([60]);
  await fleet.start();
  await waitFor(
    async () => {
      paces.push((await scanner.heartbeat({ on: fleet })).nextHeartbeatSeconds);
      return paces.at(-1) === 20;
    },
    { what: 'the pace of a fleet of 4000' },
  );
  await fleet.stop();
  expect(Math.min(...paces)).toBe(20);
});

test('a heartbeat that the database refuses does not keep those of other scanners from being written', async () => {
  await using setup = await createTestFleet();
  const [odd, plain] = [await setup.scanner(), await setup.scanner()];
  await odd.heartbeat({ instanceId: 'instance\0' });
  await plain.heartbeat();
  await setup.fleet.round();
  const seen = await setup.databases.config.query('app', 'select id from scanners where last_seen_at is not null');
  expect(seen).toEqual([{ id: plain.id }]);
});

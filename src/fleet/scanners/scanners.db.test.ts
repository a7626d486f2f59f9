import { expect, test } from 'vitest';
import { createTestFleet, manualClock, type TestFleet } from '../../../test/testkit/index.ts';
import { Secret } from '../../base/index.ts';
import { scannerListQuerySchema, scannerSorts, type ScannerSort } from '../../contract/index.ts';
import { openDatabase } from '../../postgres/index.ts';
import { endEnrolmentToken, listEnrolmentTokens } from '../enrolment/enrol.ts';
import { findScanner, listScanners, rename, revoke, rotate, type ScannerQuestion } from './administer.ts';

const request = { name: 'dock-7', binaryVersion: '1.0.0', protocolVersion: 2 };

const anyScanner: ScannerQuestion = {
  state: null,
  binaryVersion: null,
  protocolVersion: null,
  inWindow: null,
  window: { min: 1, max: 2 },
  refused: null,
  cloneSuspected: null,
  holdsJobs: null,
  silentHours: null,
  search: null,
  sort: null,
  descending: false,
  after: null,
  limit: 100,
};

test('an enrolment token is good for as many scanners as it says, also when they all come at once', async () => {
  await using setup = await createTestFleet();
  const token = await setup.token(3);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, async () => await setup.fleet.enrol(token, request)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'enrolment_token_invalid' });
});

test.each([
  ['unknown', async () => await Promise.resolve('ple_never-made')],
  ['empty', async () => await Promise.resolve('')],
])('an %s enrolment token is refused', async (_what, make) => {
  await using setup = await createTestFleet();
  await expect(setup.fleet.enrol(await make(), request)).rejects.toMatchObject({
    code: 'enrolment_token_invalid',
    httpStatus: 401,
  });
});

test('an expired and a revoked enrolment token are refused', async () => {
  await using setup = await createTestFleet();
  const expired = await setup.token();
  await setup.databases.config.query('app', "update enrolment_tokens set expires_at = now() - interval '1 second'");
  await expect(setup.fleet.enrol(expired, request)).rejects.toMatchObject({ code: 'enrolment_token_invalid' });
  const revoked = await setup.token();
  const [row] = await listEnrolmentTokens(setup.open.config);
  await endEnrolmentToken(setup.open.config, row?.id ?? '');
  await expect(setup.fleet.enrol(revoked, request)).rejects.toMatchObject({ code: 'enrolment_token_invalid' });
});

test('a scanner outside the window is enrolled, and told at once that it will get no jobs', async () => {
  await using setup = await createTestFleet();
  const answer = await setup.fleet.enrol(await setup.token(), { ...request, protocolVersion: 9 });
  expect(answer).toMatchObject({ window: { min: 1, max: 2 }, inWindow: false });
  expect(answer.credential).toMatch(/^pls_[\w-]{43}$/);
});

test('neither credentials nor enrolment tokens are kept in the database', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const rows = await setup.databases.config.query('superuser', 'select s::text as row from scanners s');
  expect(JSON.stringify(rows)).toContain(scanner.id);
  expect(JSON.stringify(rows)).not.toContain(scanner.credential);
});

test('a revoked scanner is refused at once here, and within five seconds at another manager', async () => {
  await using setup = await createTestFleet();
  const clock = manualClock();
  const second = await setup.another({ clock });
  const scanner = await setup.scanner();
  await scanner.heartbeat({ on: second });
  await revoke({ config: setup.open.config, credentials: setup.fleet.credentials, id: scanner.id }, 'admin');
  await expect(scanner.heartbeat()).rejects.toMatchObject({ code: 'credential_revoked', httpStatus: 401 });
  clock.advance(5001);
  await expect(scanner.heartbeat({ on: second })).rejects.toMatchObject({ code: 'credential_revoked' });
});

test('an unknown credential is refused', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  for (const credential of ['pls_wrong', 'nonsense', ''])
    await expect(scanner.heartbeat({ credential })).rejects.toMatchObject({ code: 'credential_invalid' });
});

test('a rotation gives a new credential, and ends the old one when the new one is first used', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  await rotate({ config: setup.open.config, credentials: setup.fleet.credentials, id: scanner.id });
  const lost = (await scanner.heartbeat()).newCredential;
  const received = (await scanner.heartbeat()).newCredential;
  expect(received).toMatch(/^pls_/);
  expect(received).not.toBe(lost);
  await expect(scanner.heartbeat()).resolves.toHaveProperty('newCredential');
  const used = (await scanner.heartbeat()).newCredential ?? '';
  await expect(scanner.heartbeat({ credential: used })).resolves.not.toHaveProperty('newCredential');
  await expect(scanner.heartbeat({ credential: used })).resolves.toMatchObject({ inWindow: true });
  await expect(scanner.heartbeat()).rejects.toMatchObject({ code: 'credential_invalid' });
});

test('scanners are listed by state, version, window and name, with the jobs they hold', async () => {
  await using setup = await createTestFleet();
  const online = await setup.scanner({ name: 'Dock 1' });
  const outside = await setup.scanner({ name: 'Dock 2', protocolVersion: 9, binaryVersion: '9.0.0' });
  await setup.addJobs(1);
  await online.lease();
  await online.heartbeat();
  await setup.fleet.round();
  const list = async (filter: Partial<ScannerQuestion>) =>
    (await listScanners(setup.open, { ...anyScanner, ...filter })).scanners.map(({ id }) => id);
  await expect(list({})).resolves.toHaveLength(2);
  await expect(list({ state: 'online' })).resolves.toEqual([online.id]);
  await expect(list({ inWindow: false })).resolves.toEqual([outside.id]);
  await expect(list({ protocolVersion: 9, binaryVersion: '9.0.0' })).resolves.toEqual([outside.id]);
  await expect(list({ search: 'dock 1' })).resolves.toEqual([online.id]);
  await expect(list({ holdsJobs: true })).resolves.toEqual([online.id]);
  await expect(list({ holdsJobs: false })).resolves.toEqual([outside.id]);
  await expect(findScanner(setup.open, online.id)).resolves.toMatchObject({
    name: 'Dock 1',
    jobsHeld: 1,
    refusedSince: null,
  });
});

test('scanners are listed by whether they are refused, and whether a clone is suspected', async () => {
  await using setup = await createTestFleet();
  const [plain, copied] = [await setup.scanner(), await setup.scanner()];
  const outside = await setup.scanner({ protocolVersion: 9 });
  await expect(outside.lease()).rejects.toMatchObject({ code: 'protocol_unsupported' });
  for (const instanceId of ['first-start', 'second-start', 'first-start']) await copied.heartbeat({ instanceId });
  await setup.fleet.round();
  const list = async (filter: Partial<ScannerQuestion>) =>
    (await listScanners(setup.open, { ...anyScanner, ...filter })).scanners.map(({ id }) => id);
  await expect(list({ refused: true })).resolves.toEqual([outside.id]);
  await expect(list({ cloneSuspected: true })).resolves.toEqual([copied.id]);
  await expect(list({ refused: false, cloneSuspected: false })).resolves.toEqual([plain.id]);
});

test('scanners are listed by how long they have not called; one that never has is among them', async () => {
  await using setup = await createTestFleet();
  const [calls, silent, never] = [await setup.scanner(), await setup.scanner(), await setup.scanner()];
  for (const scanner of [calls, silent]) await scanner.heartbeat();
  await setup.fleet.round();
  await setup.open.config.query("update scanners set last_seen_at = now() - interval '25 hours' where id = $1", [
    silent.id,
  ]);
  const list = async (silentHours: number) => {
    const { scanners } = await listScanners(setup.open, { ...anyScanner, silentHours, sort: 'lastContact' });
    return scanners.map(({ id }) => id);
  };
  await expect(list(24)).resolves.toEqual([never.id, silent.id]);
  await expect(list(26)).resolves.toEqual([never.id]);
});

test('with the jobs database away scanners are listed as ever, but not by the jobs that they hold', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const jobs = openDatabase({
    name: 'jobs',
    url: new Secret('postgres://app:app@127.0.0.1:1/jobs'),
    applicationName: 'test',
    connectTimeoutMs: 1000,
    statementTimeoutMs: 1000,
    max: 1,
  });
  const away = { config: setup.open.config, jobs };
  const { scanners } = await listScanners(away, anyScanner);
  expect(scanners).toMatchObject([{ id: scanner.id, jobsHeld: null }]);
  await expect(listScanners(away, { ...anyScanner, holdsJobs: true })).rejects.toMatchObject({
    code: 'database_unreachable',
  });
  await jobs.close();
});

/** Scanners that differ in everything they can be ordered by, several alike in each. */
async function addMany(setup: TestFleet): Promise<void> {
  await setup.scanner();
  await setup.databases.config.query(
    'app',
    `insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version, last_seen_at, refused_count)
     select (array['dock', 'Dock', 'éclair', 'a:b', 'gate'])[n % 5 + 1], enrolled_with, sha256(n::text::bytea),
            (array['1.9.0', '1.10.0', '1.10.0-rc.1', '0.9.12'])[n % 4 + 1], 2,
            case when n % 3 > 0 then now() - make_interval(secs => n % 7 + 0.000001) end, n % 6
       from scanners, generate_series(1, 40) n`,
  );
}

test.each(
  [null, ...scannerSorts].flatMap(
    (sort) =>
      [
        [sort, false],
        [sort, true],
      ] as const,
  ),
)('page by page in the order of %s, descending %s, every scanner comes once', async (sort, descending) => {
  await using setup = await createTestFleet();
  await addMany(setup);
  const question = { ...anyScanner, sort, descending };
  const whole = (await listScanners(setup.open, question)).scanners.map(({ id }) => id);
  expect(new Set(whole).size).toBe(41);
  const paged: string[] = [];
  let after: string | null = null;
  do {
    const page = await listScanners(setup.open, { ...question, limit: 7, after });
    paged.push(...page.scanners.map(({ id }) => id));
    after = page.nextAfter;
    if (after !== null)
      expect(scannerListQuerySchema.safeParse({ after, ...(sort === null ? {} : { sort }) }).success).toBe(true);
  } while (after !== null);
  expect(paged).toEqual(whole);
});

test('versions are ordered as versions, names in any case, and who never called comes before all who did', async () => {
  await using setup = await createTestFleet();
  await addMany(setup);
  const inOrder = async (sort: ScannerSort) => (await listScanners(setup.open, { ...anyScanner, sort })).scanners;
  const versions = new Set((await inOrder('binaryVersion')).map(({ binaryVersion }) => binaryVersion));
  expect([...versions]).toEqual(['0.9.12', '1.0.0', '1.9.0', '1.10.0-rc.1', '1.10.0']);
  const names = new Set((await inOrder('name')).map(({ name }) => name.toLowerCase()));
  expect([...names].slice(0, 3)).toEqual(['a:b', 'dock', 'gate']);
  const seen = (await inOrder('lastContact')).map(({ lastSeenAt }) => lastSeenAt?.getTime() ?? 0);
  expect(seen[0]).toBe(0);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  const refused = (await inOrder('refused')).map(({ refusedCount }) => refusedCount);
  expect(refused).toEqual(refused.toSorted((a, b) => a - b));
});

test('a scanner is renamed; one that does not exist is named in the error', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const change = { config: setup.open.config, credentials: setup.fleet.credentials };
  await expect(rename({ ...change, id: scanner.id }, 'gate')).resolves.toMatchObject({ name: 'gate' });
  const nobody = '00000000-0000-4000-8000-000000000000';
  await expect(rename({ ...change, id: nobody }, 'gate')).rejects.toMatchObject({ code: 'scanner_unknown' });
});

import { expect, test } from 'vitest';
import { createTestFleet, manualClock } from '../../../test/testkit/index.ts';
import { endEnrolmentToken, listEnrolmentTokens } from '../enrolment/enrol.ts';
import { listScanners, rename, revoke, rotate } from './administer.ts';

const request = { name: 'dock-7', binaryVersion: '1.0.0', protocolVersion: 2 };

const anyScanner = {
  id: null,
  state: null,
  binaryVersion: null,
  protocolVersion: null,
  inWindow: null,
  window: { min: 1, max: 2 },
  search: null,
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
  const list = async (filter: object) =>
    (await listScanners(setup.open, { ...anyScanner, ...filter })).map(({ id }) => id);
  await expect(list({})).resolves.toHaveLength(2);
  await expect(list({ state: 'online' })).resolves.toEqual([online.id]);
  await expect(list({ inWindow: false })).resolves.toEqual([outside.id]);
  await expect(list({ protocolVersion: 9, binaryVersion: '9.0.0' })).resolves.toEqual([outside.id]);
  await expect(list({ search: 'dock 1' })).resolves.toEqual([online.id]);
  const [row] = await listScanners(setup.open, { ...anyScanner, state: 'online' });
  expect(row).toMatchObject({ name: 'Dock 1', jobsHeld: 1, refusedSince: null });
});

test('a scanner is renamed; one that does not exist is named in the error', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const change = { config: setup.open.config, credentials: setup.fleet.credentials };
  await expect(rename({ ...change, id: scanner.id }, 'gate')).resolves.toMatchObject({ name: 'gate' });
  const nobody = '00000000-0000-4000-8000-000000000000';
  await expect(rename({ ...change, id: nobody }, 'gate')).rejects.toMatchObject({ code: 'scanner_unknown' });
});

import type { InjectOptions } from 'fastify';
import { expect, test } from 'vitest';
import { waitFor } from '../../../test/testkit/index.ts';
import { createTestManager, type TestManager } from '../../../test/testkit/test-manager.ts';

async function post(setup: TestManager, url: string, bearer: string, payload: object) {
  return await setup.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${bearer}` } });
}

async function enrol(setup: TestManager): Promise<string> {
  const cookie = await setup.signIn('admin');
  const made = await setup.inject({
    method: 'POST',
    url: '/api/admin/enrolment-tokens',
    payload: {},
    headers: { cookie },
  });
  const request = { name: 'dock', binaryVersion: '1.0.0', protocolVersion: 2 };
  const answer = await post(setup, '/scanner/v1/enrol', made.json<{ token: string }>().token, request);
  return answer.json<{ credential: string }>().credential;
}

async function leaseOne(setup: TestManager, credential: string) {
  const cookie = await setup.signIn('user');
  const scan = { name: 'shop', targets: [{ host: '127.0.0.1', port: 80 }], kinds: ['http'] };
  await waitFor(
    async () =>
      (await setup.inject({ method: 'POST', url: '/api/scans', payload: scan, headers: { cookie } })).statusCode ===
      201,
    { what: 'the queue to be there' },
  );
  const request = { protocolVersion: 2, max: 1, waitSeconds: 5 };
  const answer = await post(setup, '/scanner/v1/lease', credential, request);
  const [job] = answer.json<{ jobs: { id: string; lease: { leaseId: string } }[] }>().jobs;
  if (job === undefined) throw new Error('no job');
  return job;
}

const nothing = { status: 200, redirects: [], headersMissing: [], latencyMs: 1, error: null };

test.each(['nul \0 inside', 'half \uD800 pair'])(
  'a finding with text that no database keeps is recorded: %j',
  async (server) => {
    await using setup = await createTestManager();
    const credential = await enrol(setup);
    const { id, lease } = await leaseOne(setup, credential);
    const result = { leaseId: lease.leaseId, outcome: 'done', findings: [{ kind: 'http', ...nothing, server }] };
    expect((await post(setup, `/scanner/v1/jobs/${id}/result`, credential, result)).statusCode).toBe(204);
    const [row] = await setup.databases.results.query('app', "select finding ->> 'server' as server from findings");
    expect(row).toEqual({ server: server.replace(/[\0\uD800]/, '\uFFFD') });
  },
);

test('a job that failed with text that no database keeps is tried again', async () => {
  await using setup = await createTestManager();
  const credential = await enrol(setup);
  const { id, lease } = await leaseOne(setup, credential);
  const error = { code: 'odd', message: 'a\0b' };
  const result = { leaseId: lease.leaseId, outcome: 'failed', error };
  expect((await post(setup, `/scanner/v1/jobs/${id}/result`, credential, result)).statusCode).toBe(204);
});

test('a scanner that writes ids in capitals keeps its lease and has its result recorded', async () => {
  await using setup = await createTestManager();
  const credential = await enrol(setup);
  const { id, lease } = await leaseOne(setup, credential);
  const holding = { binaryVersion: '1.0.0', protocolVersion: 2, running: [id.toUpperCase()] };
  expect((await post(setup, '/scanner/v1/heartbeat', credential, holding)).json()).toMatchObject({ cancel: [] });
  const result = { leaseId: lease.leaseId.toUpperCase(), outcome: 'done', findings: [] };
  const url = `/scanner/v1/jobs/${id.toUpperCase()}/result`;
  expect((await post(setup, url, credential, result)).statusCode).toBe(204);
});

const scan = { targets: [{ host: '127.0.0.1', port: 80 }], kinds: ['tcp'] };
const beat = { binaryVersion: '1.0.0', protocolVersion: 2, running: [] };
const refused: readonly [string, InjectOptions][] = [
  ['the instance of a scanner', { url: '/scanner/v1/heartbeat', payload: { ...beat, instanceId: 'instance\0' } }],
  ['the name of a scan', { url: '/api/scans', payload: { ...scan, name: 'a\0b' } }],
  ['the name of a scan: half of a pair', { url: '/api/scans', payload: { ...scan, name: 'a\uD800b' } }],
  ['the name of a schedule', { url: '/api/scans/schedules', payload: { ...scan, name: 'a\0b', cron: '@daily' } }],
  ['the note of a token', { url: '/api/admin/enrolment-tokens', payload: { note: 'a\0b' } }],
  ['the name of a user', { url: '/api/session', payload: { username: 'a\0b', password: 'b' } }],
  ['a search for scanners', { method: 'GET', url: '/api/admin/scanners?search=%00' }],
  ['the address of a target', { method: 'GET', url: '/api/findings?address=%00' }],
  ['a protocol beyond all', { method: 'GET', url: '/api/admin/scanners?protocolVersion=99999999999' }],
];

test.each(refused)('what no database takes is the fault of the caller: %s', async (_what, call) => {
  await using setup = await createTestManager();
  const cookie = await setup.signIn('admin');
  const response = await setup.inject({ method: 'POST', ...call, headers: { cookie } });
  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([400, 'request_invalid']);
});

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { waitFor } from '../../../test/testkit/index.ts';
import { jobsBehind } from '../../../test/testkit/memory-posture.ts';
import { tcpFinding } from '../../../test/testkit/test-fleet.ts';
import { createTestManager, type TestManager } from '../../../test/testkit/test-manager.ts';
import { listedScannerSchema, scannerLimits } from '../../contract/index.ts';

const heartbeat = '/scanner/v1/heartbeat';
const current = { binaryVersion: '1.0.0', protocolVersion: 2 };

interface Call {
  readonly url: string;
  readonly bearer: string;
  readonly payload: object | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

async function post(setup: TestManager, { url, bearer, payload, headers = {} }: Call) {
  return await setup.inject({
    method: 'POST',
    url,
    payload,
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...headers },
  });
}

const someId = '0198c0de-0000-4000-8000-000000000000';
const resultUrl = `/scanner/v1/jobs/${someId}/result`;

function gzipped(payload: Buffer): Call {
  return { url: resultUrl, bearer: 'pls_x', payload, headers: { 'content-encoding': 'gzip' } };
}

async function enrol(setup: TestManager, facts: { name?: string; protocolVersion?: number } = {}) {
  const made = await setup.inject({
    method: 'POST',
    url: '/api/admin/enrolment-tokens',
    payload: {},
    headers: { cookie: await setup.signIn('admin'), host: 'manager.example' },
  });
  expect(made.statusCode).toBe(201);
  const { token, command } = made.json<{ token: string; command: string }>();
  expect(command).toContain(token);
  const response = await post(setup, {
    url: '/scanner/v1/enrol',
    bearer: token,
    payload: { ...current, name: 'dock', ...facts },
  });
  expect(response.statusCode).toBe(201);
  return response.json<{ scannerId: string; credential: string; inWindow: boolean }>();
}

async function addJob(setup: TestManager): Promise<void> {
  const [scan] = await setup.databases.jobs.query(
    'app',
    "insert into scans (name, requested_by) values ('s', 'u') returning id",
  );
  const body = {
    kind: 'tcp',
    target: { host: '127.0.0.1', port: 80 },
    options: { timeoutMs: 1000 },
    scanId: scan?.['id'],
  };
  await setup.databases.jobs.query(
    'app',
    `with job as (insert into scan_jobs (id, scan_id, kind, host, port) values (gen_random_uuid(), $1, 'tcp', '127.0.0.1', 80) returning id)
     insert into pgboss.job (id, name, data, retry_limit) select id, 'scan-jobs', $2, 4 from job`,
    [scan?.['id'], JSON.stringify(body)],
  );
}

async function lease(setup: TestManager, credential: string, facts = {}) {
  return await waitFor(
    async () => {
      const response = await post(setup, {
        url: '/scanner/v1/lease',
        bearer: credential,
        payload: { protocolVersion: 2, max: 1, waitSeconds: 1, ...facts },
      });
      // Until the queue has been reached for the first time.
      return response.statusCode !== 503 && response;
    },
    { what: 'the queue to be there' },
  );
}

test('a scanner enrols, calls, leases a job and reports it over HTTP', async () => {
  await using setup = await createTestManager();
  const { credential, inWindow } = await enrol(setup);
  expect(inWindow).toBe(true);
  const beat = await post(setup, { url: heartbeat, bearer: credential, payload: { ...current, running: [] } });
  expect(beat.json()).toMatchObject({ window: { min: 1, max: 2 }, inWindow: true, cancel: [] });
  await addJob(setup);
  const [job] = (await lease(setup, credential)).json<{ jobs: { id: string; lease: { leaseId: string } }[] }>().jobs;
  const url = `/scanner/v1/jobs/${job?.id}/result`;
  const result = { leaseId: job?.lease.leaseId, outcome: 'done', findings: [tcpFinding] };
  const first = await post(setup, { url, bearer: credential, payload: result });
  expect([first.statusCode, first.body]).toEqual([204, '']);
  const packed = gzipSync(JSON.stringify(result));
  const again = await post(setup, {
    url,
    bearer: credential,
    payload: packed,
    headers: { 'content-encoding': 'gzip' },
  });
  expect(again.statusCode).toBe(204);
  expect((await lease(setup, credential, { waitSeconds: 0 })).statusCode).toBe(204);
});

test('a scanner outside the window is told so with 426 and the window', async () => {
  await using setup = await createTestManager();
  const { credential, inWindow } = await enrol(setup, { protocolVersion: 9 });
  expect(inWindow).toBe(false);
  const response = await lease(setup, credential, { protocolVersion: 9 });
  expect(response.statusCode).toBe(426);
  expect(response.headers['content-type']).toContain('application/problem+json');
  expect(response.json()).toMatchObject({ code: 'protocol_unsupported', window: { min: 1, max: 2 } });
});

test('with the gate closed jobs and results answer 503 with Retry-After, and heartbeats go on', async () => {
  await using setup = await createTestManager();
  const { credential } = await enrol(setup);
  setup.posture.close({ ...jobsBehind, part: 'leases' });
  for (const [url, body] of [
    ['/scanner/v1/lease', { protocolVersion: 2, max: 1, waitSeconds: 0 }],
    [`/scanner/v1/jobs/${crypto.randomUUID()}/result`, { leaseId: crypto.randomUUID(), outcome: 'done', findings: [] }],
  ] as const) {
    const response = await post(setup, { url, bearer: credential, payload: body });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ code: expect.stringMatching(/^schema_/) as string });
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  }
  expect(
    (await post(setup, { url: heartbeat, bearer: credential, payload: { ...current, running: [] } })).statusCode,
  ).toBe(200);
});

const badCalls = {
  'no credential': [{ url: heartbeat, bearer: '', payload: { ...current, running: [] } }, 401, 'credential_invalid'],
  'an unknown credential': [
    { url: heartbeat, bearer: 'pls_x', payload: { ...current, running: [] } },
    401,
    'credential_invalid',
  ],
  'an unknown enrolment token': [
    { url: '/scanner/v1/enrol', bearer: 'ple_x', payload: { ...current, name: 'a' } },
    401,
    'enrolment_token_invalid',
  ],
  'a version that is no version': [
    { url: heartbeat, bearer: 'pls_x', payload: { ...current, binaryVersion: 'new', running: [] } },
    400,
    'request_invalid',
  ],
  'a protocol that is no number': [
    { url: '/scanner/v1/lease', bearer: 'pls_x', payload: { protocolVersion: '2', max: 1, waitSeconds: 0 } },
    400,
    'request_invalid',
  ],
  'a job id that is none': [
    { url: '/scanner/v1/jobs/7/result', bearer: 'pls_x', payload: { leaseId: someId, outcome: 'cancelled' } },
    400,
    'request_invalid',
  ],
  'an outcome that is none': [
    { url: resultUrl, bearer: 'pls_x', payload: { leaseId: someId, outcome: 'maybe' } },
    400,
    'request_invalid',
  ],
  'JSON that is torn': [
    { url: resultUrl, bearer: 'pls_x', payload: Buffer.from('{"leaseId": ') },
    400,
    'body_malformed',
  ],
  'gzip that is torn': [gzipped(gzipSync('{"a":1}').subarray(0, 12)), 400, 'body_malformed'],
  'what is called gzip and is not': [gzipped(Buffer.from('{}')), 400, 'body_malformed'],
  'an encoding nobody speaks': [
    { url: resultUrl, bearer: 'pls_x', payload: Buffer.from('{}'), headers: { 'content-encoding': 'br' } },
    400,
    'body_malformed',
  ],
  'a body beyond the limit': [
    { url: resultUrl, bearer: 'pls_x', payload: Buffer.alloc(scannerLimits.resultBytes + 1, 32) },
    413,
    'body_too_large',
  ],
  'a bomb': [gzipped(gzipSync(Buffer.alloc(scannerLimits.unpackedResultBytes * 10, 32))), 413, 'body_too_large'],
} as const satisfies Record<string, readonly [Call, number, string]>;

test.each(Object.entries(badCalls))('%s is refused by name', async (_what, [call, status, code]) => {
  await using setup = await createTestManager();
  const response = await post(setup, call);
  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([status, code]);
});

test('a newer scanner may send fields this manager does not know', async () => {
  await using setup = await createTestManager();
  const { credential } = await enrol(setup);
  const response = await post(setup, {
    url: heartbeat,
    bearer: credential,
    payload: { ...current, running: [], mood: 'good' },
  });
  expect(response.statusCode).toBe(200);
});

test('Admin > Scanners lists the fleet with its census; a revoked scanner is refused from then on', async () => {
  await using setup = await createTestManager();
  const { credential, scannerId } = await enrol(setup);
  await enrol(setup, { protocolVersion: 9, name: 'too new' });
  const cookie = await setup.signIn('admin');
  const list = await setup.inject({ url: '/api/admin/scanners?inWindow=false', headers: { cookie } });
  expect(list.json()).toMatchObject({
    counts: { total: 2, inWindow: 1, outsideWindow: 1, outsideAsleep: 1 },
    scanners: [{ name: 'too new', inWindow: false, outsideReason: expect.stringContaining('newer') as string }],
    nextAfter: null,
  });
  const renamed = await setup.inject({
    method: 'PATCH',
    url: `/api/admin/scanners/${scannerId}`,
    payload: { name: 'gate 4' },
    headers: { cookie },
  });
  expect(renamed.json()).toMatchObject({ id: scannerId, name: 'gate 4' });
  const revoked = await setup.inject({
    method: 'POST',
    url: `/api/admin/scanners/${scannerId}/revoke`,
    headers: { cookie },
  });
  expect(revoked.json()).toMatchObject({ state: 'revoked', revokedBy: 'admin' });
  const refused = await post(setup, { url: heartbeat, bearer: credential, payload: { ...current, running: [] } });
  expect(refused.json()).toMatchObject({ status: 401, code: 'credential_revoked' });
  await waitFor(
    async () =>
      (await setup.databases.config.query('app', "select from audit_events where action = 'scanner.revoked'"))
        .length === 1,
    { what: 'the deed to be in the audit log' },
  );
});

test('one scanner is shown by its id, and one that there is not is named in the problem', async () => {
  await using setup = await createTestManager();
  const { scannerId } = await enrol(setup);
  const headers = { cookie: await setup.signIn('auditor') };
  const shown = await setup.inject({ url: `/api/admin/scanners/${scannerId}`, headers });
  expect(listedScannerSchema.parse(shown.json())).toMatchObject({ id: scannerId, name: 'dock', jobsHeld: 0 });
  const missing = await setup.inject({ url: `/api/admin/scanners/${someId}`, headers });
  expect(missing.json()).toMatchObject({ status: 404, code: 'scanner_unknown' });
});

test('the fleet is read page by page in the order asked for', async () => {
  await using setup = await createTestManager();
  for (const name of ['berth', 'Anchor', 'dock']) await enrol(setup, { name });
  const headers = { cookie: await setup.signIn('admin') };
  const names: string[] = [];
  let after: string | null = '';
  while (after !== null) {
    const place = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const page = await setup.inject({ url: `/api/admin/scanners?sort=name&limit=2${place}`, headers });
    const { scanners, nextAfter } = page.json<{ scanners: { name: string }[]; nextAfter: string | null }>();
    names.push(...scanners.map(({ name }) => name));
    after = nextAfter;
  }
  expect(names).toEqual(['Anchor', 'berth', 'dock']);
});

test.each([
  'after=nowhere',
  `after=${someId}:key-without-an-order`,
  `sort=name&after=${someId}`,
  `sort=name&after=${someId}:%00`,
  `sort=lastContact&after=${someId}:yesterday`,
  `sort=refused&after=${someId}:99999999999999999999`,
  `sort=binaryVersion&after=${someId}:1.x`,
  'sort=colour',
  'refused=perhaps',
])('a list of scanners asked for with %s is refused before any database is', async (query) => {
  await using setup = await createTestManager();
  const headers = { cookie: await setup.signIn('admin') };
  const response = await setup.inject({ url: `/api/admin/scanners?${query}`, headers });
  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([400, 'request_invalid']);
});

test.each([
  ['as the browser reached it, also behind a proxy that ends TLS', { origin: 'https://manager.example' }, 'https'],
  ['as the call came, when no browser made it', {}, 'http'],
])('the command of a new enrolment token names the manager %s', async (_how, headers, scheme) => {
  await using setup = await createTestManager();
  const made = await setup.inject({
    method: 'POST',
    url: '/api/admin/enrolment-tokens',
    payload: {},
    headers: { cookie: await setup.signIn('admin'), host: 'manager.example', ...headers },
  });
  const { token, command } = made.json<{ token: string; command: string }>();
  expect(command).toBe(
    `SCANNER_MANAGER_URL=${scheme}://manager.example SCANNER_ENROLMENT_TOKEN=${token} plimsoll scanner`,
  );
});

test('enrolment tokens are listed without their text, and one that is revoked enrols nobody', async () => {
  await using setup = await createTestManager();
  const cookie = await setup.signIn('admin');
  const made = await setup.inject({
    method: 'POST',
    url: '/api/admin/enrolment-tokens',
    payload: { note: 'dock', maxUses: 5 },
    headers: { cookie },
  });
  const { id, token } = made.json<{ id: string; token: string }>();
  const list = await setup.inject({ url: '/api/admin/enrolment-tokens', headers: { cookie } });
  expect(list.json()).toMatchObject({ tokens: [{ id, note: 'dock', maxUses: 5, uses: 0, madeBy: 'admin' }] });
  expect(list.body).not.toContain(token);
  const gone = await setup.inject({ method: 'DELETE', url: `/api/admin/enrolment-tokens/${id}`, headers: { cookie } });
  expect(gone.statusCode).toBe(204);
  const response = await post(setup, {
    url: '/scanner/v1/enrol',
    bearer: token,
    payload: { ...current, name: 'late' },
  });
  expect(response.json()).toMatchObject({ code: 'enrolment_token_invalid' });
});

import { expect, test } from 'vitest';
import { packOf } from '../../../test/testkit/evidence-pack.ts';
import type { EvidenceRequest } from '../../evidence/index.ts';
import { createTestManager, recoveryToken, cookieOf } from '../../../test/testkit/test-manager.ts';
import { postureAtSchema, postureHistorySchema, type ChangedEntry } from '../../contract/index.ts';

const waiting: ChangedEntry = {
  kind: 'posture',
  id: '5f0c3c1e-0000-4000-8000-000000000001',
  happenedAt: '2026-05-03T12:00:00.000Z',
  recordedAt: null,
  late: true,
  host: 'manager-1',
  appVersion: '1.4.0',
  imageSha: 'unknown',
  verdict: 'stopped',
  headline: 'Stopped: config cannot be read.',
  changes: [],
};

const history = '/api/admin/release/history';
const at = `${history}/at?time=2026-05-03`;

test('administrators, auditors and whoever broke the glass read the history; users and strangers do not', async () => {
  await using setup = await createTestManager();
  const recovery = await setup.inject({ method: 'POST', url: '/api/session', payload: { recoveryToken } });
  const cookies = [await setup.signIn('admin'), await setup.signIn('auditor'), cookieOf(recovery)];
  for (const url of [history, at]) {
    const asked = cookies.map(async (cookie) => (await setup.inject({ url, headers: { cookie } })).statusCode);
    expect(await Promise.all(asked)).toEqual([200, 200, 200]);
    expect((await setup.inject({ url, headers: { cookie: await setup.signIn('user') } })).statusCode).toBe(403);
    expect((await setup.inject(url)).statusCode).toBe(401);
  }
});

test('an empty history is told apart from one that cannot be read, which shows what waits for config', async () => {
  await using setup = await createTestManager({ deps: { waitingChanges: () => [waiting] } });
  const cookie = await setup.signIn('auditor');
  const ask = async (url: string): Promise<unknown> => (await setup.inject({ url, headers: { cookie } })).json();
  expect(await ask(history)).toEqual({ status: 'ok', error: null, items: [], next: null });
  await setup.proxy.stop();
  const told = postureHistorySchema.parse(await ask(history));
  expect(told).toMatchObject({
    status: 'unknown',
    error: { code: expect.stringMatching(/^database_/) },
    items: [waiting],
  });
  expect(postureAtSchema.parse(await ask(at))).toMatchObject({ status: 'unknown', entry: null, posture: null });
});

test('a time, a cursor or a word that is none is refused', async () => {
  await using setup = await createTestManager({ users: ['admin'] });
  const cookie = await setup.signIn('admin');
  const refused = {
    '?since=yesterday': 'history_time_invalid',
    '?before=page-two': 'history_cursor_invalid',
    '?limit=0': 'request_invalid',
    '?when=now': 'request_invalid',
    '/at?time=3rd+of+May': 'history_time_invalid',
  };
  for (const [query, code] of Object.entries(refused)) {
    const response = await setup.inject({ url: `${history}${query}`, headers: { cookie } });
    expect(response.json(), query).toMatchObject({ status: 400, code });
  }
});

test('evidence is a ZIP file of both parts, made by whoever is signed in, and the download is on record', async () => {
  const asked: EvidenceRequest[] = [];
  const made = { envelope: '{"signed":true}', page: '<h1>Evidence</h1>', keyId: 'k', unsignedBecause: null };
  const makeEvidence = async (request: EvidenceRequest) => {
    asked.push(request);
    return await Promise.resolve({ ...made, pack: packOf() });
  };
  await using setup = await createTestManager({ deps: { makeEvidence } });
  const cookie = await setup.signIn('auditor');
  const url = '/api/admin/release/evidence';
  const answer = await setup.inject({ url: `${url}?since=2026-05-03`, headers: { cookie } });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': expect.stringMatching(/^attachment; filename="evidence-[0-9T-]+Z\.zip"$/),
  });
  expect(answer.rawPayload.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
  expect(answer.body).toContain(made.envelope);
  expect(answer.body).toContain(made.page);
  expect(asked).toMatchObject([{ who: 'auditor', how: 'page', since: new Date('2026-05-03T00:00:00.000Z') }]);
  expect(setup.logs.join('')).toContain('audit: evidence.downloaded');
  expect((await setup.inject({ url: `${url}?since=then`, headers: { cookie } })).json()).toMatchObject({
    code: 'history_time_invalid',
  });
  expect((await setup.inject({ url, headers: { cookie: await setup.signIn('user') } })).statusCode).toBe(403);
});

import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Secret, systemClock } from '../../base/index.ts';
import { testMessage } from '../message.ts';
import { signatureHeaders } from './signature.ts';
import { createWebhook } from './webhook.ts';

const secret = new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const message = testMessage('here', { version: '1.0.0', imageSha: 'unknown' }, new Date('2026-05-01T00:00:00Z'));

async function receiver(status: number, headers: Record<string, string> = {}) {
  const got: { headers: IncomingHttpHeaders; body: string; url: string | undefined }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ headers: request.headers, body, url: request.url });
      if (status > 0) response.writeHead(status, headers).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    got,
    url: new Secret(`http://127.0.0.1:${port}/hook?token=hush`),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('the signature is the one of the example of the specification', () => {
  const headers = signatureHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' },
    secret,
    new Date(1_614_265_330_000),
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a receiver gets type, time and data, and can tell by the signature whose they are', async () => {
  await using server = await receiver(204);
  const webhook = createWebhook({ url: server.url, secret, clock: systemClock });
  expect(await webhook.send(message)).toEqual({ kind: 'delivered' });
  const [request] = server.got;
  expect(request?.url).toBe('/hook?token=hush');
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    type: 'test',
    timestamp: message.at,
    data: { id: message.id, severity: 'info', deployment: { host: 'here' } },
  });
  const sentAt = new Date(Number(request?.headers['webhook-timestamp']) * 1000);
  expect(request?.headers).toMatchObject(
    signatureHeaders({ id: message.id, body: request?.body ?? '' }, secret, sentAt),
  );
});

test.each([
  [500, {}, { kind: 'failed', reason: 'the receiver answered 500' }],
  [401, {}, { kind: 'failed', reason: 'the receiver answered 401' }],
  [410, {}, { kind: 'refused', reason: 'the receiver answered 410' }],
] as const)('an answer %i is told as it is', async (status, headers, outcome) => {
  await using server = await receiver(status, headers);
  expect(await createWebhook({ url: server.url, secret, clock: systemClock }).send(message)).toEqual(outcome);
});

test('a redirect is not followed', async () => {
  await using elsewhere = await receiver(200);
  await using server = await receiver(307, { location: elsewhere.url.reveal() });
  expect(await createWebhook({ url: server.url, secret, clock: systemClock }).send(message)).toEqual({
    kind: 'failed',
    reason: 'the receiver answered 307, a redirect, which is not followed',
  });
  expect(elsewhere.got).toEqual([]);
});

test('a receiver that hangs is given up, and one that is not there is named without the address', async () => {
  await using server = await receiver(0);
  const hanging = createWebhook({ url: server.url, secret, clock: systemClock, timeoutMs: 50 });
  expect(await hanging.send(message)).toEqual({ kind: 'failed', reason: 'the receiver did not answer in time' });
  const nowhere = createWebhook({ url: new Secret('http://127.0.0.1:1/hook?token=hush'), secret, clock: systemClock });
  const outcome = await nowhere.send(message);
  expect(outcome.kind).toBe('failed');
  expect(JSON.stringify(outcome)).not.toContain('hush');
  expect(nowhere.destination).toBe('127.0.0.1:1');
});

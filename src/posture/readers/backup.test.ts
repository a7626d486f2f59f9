import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { hangingServer } from '../../../test/testkit/hanging-server.ts';
import { waitFor } from '../../../test/testkit/wait-for.ts';
import { Secret } from '../../base/index.ts';
import { backupFacts, bundle, now } from '../fixtures/facts.ts';
import { readLastBackup } from './backup.ts';

const terms = { clock: { now: () => now }, deadlineMs: 5000 };
const token = new Secret('a-token');

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    openSockets: () => open,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const answer =
  (status: number, body: unknown): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const said = { ...backupFacts, bundle };
const saidNone = { ...backupFacts, lastProven: null, unprovenSince: null, lastTake: null, bundle: null };

test('the newest bundle is asked for with the token', async () => {
  const asked: unknown[] = [];
  await using service = await serve((request, response) => {
    asked.push([request.method, request.url, request.headers.authorization]);
    answer(200, said)(request, response);
  });
  expect(await readLastBackup({ url: service.url, token }, terms)).toEqual({ value: said, readAt: now });
  expect(asked).toEqual([['GET', '/api/bundles/latest', 'Bearer a-token']]);
});

test('a service without any bundle gives no bundle, which is not an error', async () => {
  await using service = await serve(answer(200, saidNone));
  expect(await readLastBackup({ url: service.url, token }, terms)).toEqual({ value: saidNone, readAt: now });
});

test('a service that tells the first five fields of a bundle and nothing else is understood', async () => {
  const { id, createdAt, bytes, verifiedAt, schemaVersions } = bundle;
  const brief = { id, createdAt, bytes, verifiedAt, schemaVersions };
  await using service = await serve(answer(200, { bundle: brief }));
  expect(await readLastBackup({ url: service.url, token }, terms)).toMatchObject({
    value: { bundle: { ...brief, state: 'completed', provenAt: null }, lastProven: null, lastTake: null, keys: [] },
  });
});

test('without an address there is nobody to ask', async () => {
  expect(await readLastBackup({ url: undefined, token: undefined }, terms)).toEqual({
    error: {
      code: 'backup_not_configured',
      message: 'BACKUP_SERVICE_URL is not set, so no backup service can be asked',
    },
  });
});

test.each([
  [401, token, 'it does not accept BACKUP_SERVICE_TOKEN'],
  [403, token, 'it does not accept BACKUP_SERVICE_TOKEN'],
  [401, undefined, 'BACKUP_SERVICE_TOKEN is not set'],
])('status %d is a matter of the token', async (status, secret, reason) => {
  await using service = await serve(answer(status, {}));
  expect(await readLastBackup({ url: service.url, token: secret }, terms)).toEqual({
    error: {
      code: 'backup_unauthorized',
      message: `the backup service at ${service.url} answered ${status}: ${reason}`,
    },
  });
});

test.each([
  ['another status', answer(500, 'oops'), 'answered with status 500, expected 200'],
  ['a page', answer(200, '<html>'), 'answered with something that is not JSON'],
  ['other JSON', answer(200, { bundles: [] }), 'answered with JSON that is not {"bundle": …}'],
  [
    'half a bundle',
    answer(200, { ...backupFacts, bundle: { id: 'x' } }),
    'answered with JSON that is not {"bundle": …}',
  ],
])('%s is a bad answer', async (_, listener, found) => {
  await using service = await serve(listener);
  expect(await readLastBackup({ url: service.url, token }, terms)).toEqual({
    error: { code: 'backup_bad_answer', message: `what is at ${service.url} ${found}` },
  });
});

test('a redirect is not followed, so that the token goes nowhere else', async () => {
  let followed = false;
  await using other = await serve((request, response) => {
    followed = true;
    answer(200, saidNone)(request, response);
  });
  await using service = await serve((_, response) => {
    response.writeHead(307, { location: `${other.url}/api/bundles/latest` }).end();
  });
  expect(await readLastBackup({ url: service.url, token }, terms)).toMatchObject({
    error: { code: 'backup_bad_answer' },
  });
  expect(followed).toBe(false);
});

test('nobody at the address is unreachable, and the message says which address and why', async () => {
  const gone = await serve(answer(200, {}));
  await gone[Symbol.asyncDispose]();
  const outcome = await readLastBackup({ url: gone.url, token }, terms);
  expect(outcome).toMatchObject({
    error: { code: 'backup_unreachable', message: expect.stringContaining('ECONNREFUSED') as string },
  });
  expect(JSON.stringify(outcome)).toContain(gone.url);
});

test('a service that accepts and never answers is a timeout, and its socket is let go', async () => {
  await using service = await hangingServer();
  const outcome = await readLastBackup(
    { url: `http://127.0.0.1:${service.port}`, token },
    { ...terms, deadlineMs: 100 },
  );
  expect(outcome).toMatchObject({ error: { code: 'backup_timeout' } });
  await waitFor(() => service.connections === 0, { what: 'the socket to be closed' });
});

test('an answered question leaves no socket open', async () => {
  await using service = await serve(answer(200, saidNone));
  for (let count = 0; count < 5; count += 1) await readLastBackup({ url: service.url, token }, terms);
  await waitFor(() => service.openSockets() === 0, { what: 'all sockets to be closed' });
});

test('no message holds the token', async () => {
  await using service = await serve(answer(401, {}));
  expect(JSON.stringify(await readLastBackup({ url: service.url, token }, terms))).not.toContain('a-token');
});

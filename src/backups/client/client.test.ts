import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { hangingServer } from '../../../test/testkit/hanging-server.ts';
import { waitFor } from '../../../test/testkit/wait-for.ts';
import { Secret } from '../../base/index.ts';
import { createBackupClient } from './index.ts';

const token = new Secret('a-token-of-the-backup-service');

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    client: createBackupClient({ url, token, deadlineMs: 2000 }),
    openSockets: () => open,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test("the service's own problem comes back as the error that it was", async () => {
  await using service = await serve((_, response) => {
    response.writeHead(409, { 'content-type': 'application/problem+json' });
    response.end(
      JSON.stringify({
        type: '/docs/errors.md#backup_busy',
        title: 'Backup busy',
        status: 409,
        code: 'backup_busy',
        detail: 'a bundle is being taken already',
        remedy: 'Wait for it.',
        requestId: 'r1',
        run: { id: 'x' },
      }),
    );
  });
  await expect(service.client.take({ by: 'ada' })).rejects.toMatchObject({
    code: 'backup_busy',
    message: 'a bundle is being taken already',
    hint: 'Wait for it.',
    httpStatus: 409,
    exitCode: 3,
    details: { run: { id: 'x' }, serviceRequestId: 'r1' },
  });
});

test.each([
  ['list', (client: ReturnType<typeof createBackupClient>) => client.list()],
  [
    'events',
    (client: ReturnType<typeof createBackupClient>) => client.events({ signal: AbortSignal.timeout(60_000) }).next(),
  ],
  [
    'download',
    (client: ReturnType<typeof createBackupClient>) => client.download('x', { signal: AbortSignal.timeout(60_000) }),
  ],
] as const)('%s of a service that accepts and never answers is a timeout, and lets its socket go', async (_, ask) => {
  await using server = await hangingServer();
  const client = createBackupClient({ url: `http://127.0.0.1:${server.port}`, token, deadlineMs: 100 });
  await expect(ask(client)).rejects.toMatchObject({ code: 'backup_timeout' });
  await waitFor(() => server.connections === 0, { what: 'the socket to be closed' });
});

test('events come one by one over any cut of the stream, comments are passed over, and nonsense is refused', async () => {
  await using service = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of [
      ': here\n\nevent: r',
      'un\nid: a-1\nda',
      'ta: {"run":null}\n\n: alive\n\nevent: run\nid: a-2\n',
    ])
      response.write(piece);
    response.end('data: {"run":1}\n\n');
  });
  const events = service.client.events({ signal: AbortSignal.timeout(10_000) });
  expect((await events.next()).value).toEqual({ id: 'a-1', run: null });
  await expect(events.next()).rejects.toMatchObject({ code: 'backup_bad_answer' });
  await waitFor(() => service.openSockets() === 0, { what: 'the socket to be closed' });
});

test('listening ends when the caller says so, without an error', async () => {
  await using service = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: run\nid: a-1\ndata: {"run":null}\n\n');
  });
  const end = new AbortController();
  const events = service.client.events({ signal: end.signal });
  await events.next();
  end.abort();
  expect((await events.next()).done).toBe(true);
  await waitFor(() => service.openSockets() === 0, { what: 'the socket to be closed' });
});

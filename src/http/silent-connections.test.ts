import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { dropSilentConnections } from './silent-connections.ts';

test('closing does not wait for connections over which nothing was asked', async () => {
  const app = Fastify({ forceCloseConnections: 'idle' });
  dropSilentConnections(app);
  const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  const accepted = once(app.server, 'connection');
  const silent = connect(Number(url.port), url.hostname);
  silent.on('error', () => undefined).resume();
  await accepted;
  await app.close();
  expect(await once(silent, 'close')).toEqual([false]);
});

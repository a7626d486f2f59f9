import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { dropSilentConnections } from './silent-connections.ts';

test('closing does not wait for connections over which nothing was asked, and finishes what was', async () => {
  const app = Fastify({ forceCloseConnections: 'idle' });
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  app.get('/', async () => {
    ask();
    await answered;
    return 'done';
  });
  dropSilentConnections(app);
  const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  const silent = connect(Number(url.port), url.hostname);
  silent.on('error', () => undefined).resume();
  await once(silent, 'connect');
  const response = fetch(url);
  await asked;
  const closed = app.close();
  await once(silent, 'close');
  answer();
  expect(await (await response).text()).toBe('done');
  await closed;
});

import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../base/index.ts';
import { managerError } from './errors.ts';

/** Listens and gives the address that it really got, which differs for port 0. Throws listen_failed. */
export async function listen(
  app: FastifyInstance,
  at: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ ...at });
  } catch (error) {
    throw managerError('listen_failed', {
      message: `cannot listen on ${at.host}, port ${at.port}: ${messageOf(error)}`,
      hint: 'Stop what holds the port, or set PORT and HOST to others; PORT=0 takes any free one.',
      cause: error,
    });
  }
  const { address, port, family } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

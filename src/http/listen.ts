import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../base/index.ts';
import { httpError } from './errors.ts';

/** Listens and gives the address that it really got, which differs for port 0. Throws listen_failed. */
export async function listen(
  app: FastifyInstance,
  at: {
    readonly host: string;
    readonly port: number;
    readonly settings: { readonly host: string; readonly port: string };
  },
): Promise<string> {
  try {
    await app.listen({ host: at.host, port: at.port });
  } catch (error) {
    throw httpError('listen_failed', {
      message: `cannot listen on ${at.host}, port ${at.port}: ${messageOf(error)}`,
      hint: `Stop what holds the port, or set ${at.settings.port} and ${at.settings.host} to others; ${at.settings.port}=0 takes any free one.`,
      cause: error,
    });
  }
  const { address, port, family } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

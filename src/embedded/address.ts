import { createServer, type AddressInfo } from 'node:net';
import { codeOf } from '../postgres/index.ts';
import { messageOf } from '../base/index.ts';
import { embeddedError } from './errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Proves that the manager can listen there, before anything is started; port 0 is settled to a free one. */
export async function claimAddress({ host, port }: Address): Promise<Address> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  try {
    return { host, port: await promise };
  } catch (error) {
    throw addressError({ host, port }, error);
  } finally {
    if (server.listening) await new Promise((closed) => server.close(closed));
  }
}

/** The address a browser on this machine uses. */
export function urlOf({ host, port }: Address): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${reachable}:${port}`;
}

function addressError({ host, port }: Address, error: unknown): Error {
  if (codeOf(error) === 'EADDRINUSE') {
    return embeddedError('port_in_use', {
      message: `port ${port} on ${host} is in use by another program`,
      hint: `Take another one: \`PORT=${port === 65_535 ? 8081 : port + 1} npm start\`.`,
      details: { host, port },
    });
  }
  return embeddedError('address_unusable', {
    message: `cannot listen on ${host}, port ${port}: ${messageOf(error)}`,
    hint: 'Take an address of this machine and a port above 1023: `HOST=127.0.0.1 PORT=8080 npm start`.',
    details: { host, port },
    cause: error,
  });
}

import { createServer, type AddressInfo } from 'node:net';
import { codeOf } from '../postgres/index.ts';
import { messageOf } from '../base/index.ts';
import { embeddedError } from './errors.ts';
import { startCommand } from './start-command.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Proves that the manager can listen there, before anything is started; port 0 is settled to a free one. The environment is
 * the one that the stack was started in: the command of a remedy keeps what it says.
 */
export async function claimAddress({ host, port }: Address, environment: Environment = {}): Promise<Address> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  try {
    return { host, port: await promise };
  } catch (error) {
    throw addressError({ host, port }, environment, error);
  } finally {
    if (server.listening) await new Promise((closed) => server.close(closed));
  }
}

/** The address a browser on this machine uses. */
export function urlOf({ host, port }: Address): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${reachable}:${port}`;
}

function addressError({ host, port }: Address, { DATA_DIR, HOST }: Environment, error: unknown): Error {
  if (codeOf(error) === 'EADDRINUSE') {
    const PORT = String(port === 65_535 ? 8081 : port + 1);
    return embeddedError('port_in_use', {
      message: `port ${port} on ${host} is in use by another program`,
      hint: `Take another one: \`${startCommand({ DATA_DIR, HOST, PORT })}\`.`,
      details: { host, port },
    });
  }
  return embeddedError('address_unusable', {
    message: `cannot listen on ${host}, port ${port}: ${messageOf(error)}`,
    hint: `Take an address of this machine and a port above 1023: \`${startCommand({ DATA_DIR, HOST: '127.0.0.1', PORT: '8080' })}\`.`,
    details: { host, port },
    cause: error,
  });
}

import { Secret } from '../../base/index.ts';
import { socketPort } from './home.ts';

export interface SocketAddress {
  readonly role: string;
  readonly password: Secret;
  readonly database: string;
  readonly socketDir: string;
}

/**
 * A URL that WHATWG parsers, node-postgres, libpq and psycopg read alike: the host that counts is the parameter.
 * The port is spelt out so that a PGPORT in somebody's environment changes nothing.
 */
export function socketUrl(address: SocketAddress): Secret {
  const user = encodeURIComponent(address.role);
  const password = encodeURIComponent(address.password.reveal());
  const database = encodeURIComponent(address.database);
  const host = encodeURIComponent(address.socketDir).replaceAll('%2F', '/');
  return new Secret(`postgres://${user}:${password}@localhost:${socketPort}/${database}?host=${host}`);
}

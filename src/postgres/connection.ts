import type { Client } from 'pg';
import type { PostgresHost } from '../base/index.ts';
import { reach, type ConnectionSpec } from './reach.ts';

export type { Client as PostgresClient } from 'pg';

const hostOf = new WeakMap<Client, PostgresHost>();

/**
 * Opens one connection, to the host of the URL that is of the wanted kind. Throws a `database_*` AppError; the caller ends the
 * client.
 */
export async function connect(spec: ConnectionSpec): Promise<Client> {
  const { client, host } = await reach(spec);
  hostOf.set(client, host);
  return client;
}

/**
 * The host that a connection of `connect` is to. Its URL leads there and nowhere else: for a second connection that has to meet
 * the first one's server, such as one that uses its snapshot or cancels its statement.
 */
export function hostReached(client: Client): PostgresHost {
  const host = hostOf.get(client);
  if (host === undefined) throw new TypeError('not a connection of connect()');
  return host;
}

const politeMs = 500;

/** Ends a connection; one whose server no longer answers is cut after half a second, so that the process can end. */
export async function disconnect(client: Client): Promise<void> {
  const cut = setTimeout(() => client.connection.stream.destroy(), politeMs);
  await client.end().catch(() => undefined);
  clearTimeout(cut);
}

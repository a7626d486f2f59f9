import { Client, Pool, type ClientConfig } from 'pg';
import { DeadlineExceeded, messageOf, parsePostgresUrl, type Secret } from '../base/index.ts';
import { classifyPostgresError, type DatabaseTarget } from './classify.ts';

export interface ConnectionSpec {
  /** The product's name for the database: config, results, jobs. */
  readonly name: string;
  readonly url: Secret;
  /** Shown in pg_stat_activity, so that a DBA sees who is connected. */
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
}

export type { Client as PostgresClient, Pool as PostgresPool } from 'pg';

/** Opens one connection. Throws a `database_*` AppError; the caller ends the client. */
export async function connect(spec: ConnectionSpec): Promise<Client> {
  const client = new Client(clientConfig(spec));
  ignoreErrors(client);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.end().catch(() => undefined);
    throw classifyPostgresError(
      isConnectTimeout(error) ? new DeadlineExceeded(spec.connectTimeoutMs) : error,
      targetOf(spec),
    );
  }
}

/** `pg` says only `timeout expired`; every silence of a server reads the same here. */
function isConnectTimeout(error: unknown): boolean {
  return messageOf(error) === 'timeout expired';
}

/** A server that dies under a connection fails its next statement; without a listener it would end the process as well. */
function ignoreErrors(emitter: { on(event: 'error', listener: () => void): unknown }): void {
  emitter.on('error', () => undefined);
}

const politeMs = 500;

/** Ends a connection; one whose server no longer answers is cut after half a second, so that the process can end. */
export async function disconnect(client: Client): Promise<void> {
  const cut = setTimeout(() => client.connection.stream.destroy(), politeMs);
  await client.end().catch(() => undefined);
  clearTimeout(cut);
}

/** A small pool for the manager's own queries; connects when first asked. */
export function createPool(spec: ConnectionSpec & { readonly max: number; readonly statementTimeoutMs: number }): Pool {
  const pool = new Pool({
    ...clientConfig(spec),
    max: spec.max,
    idleTimeoutMillis: 30_000,
    statement_timeout: spec.statementTimeoutMs,
    query_timeout: spec.statementTimeoutMs,
  });
  ignoreErrors(pool);
  // The pool listens to idle connections only; one that is lent out has to be listened to as well.
  pool.on('connect', ignoreErrors);
  return pool;
}

function clientConfig(spec: ConnectionSpec): ClientConfig {
  return {
    connectionString: spec.url.reveal(),
    application_name: spec.applicationName,
    connectionTimeoutMillis: spec.connectTimeoutMs,
    keepAlive: true,
  };
}

/** Host, database and user of a connection URL, for messages; the password never leaves the Secret. */
export function targetOf(spec: Pick<ConnectionSpec, 'name' | 'url'>): DatabaseTarget {
  const outcome = parsePostgresUrl(spec.url.reveal());
  if ('problem' in outcome) return { name: spec.name, label: 'unreadable URL' };
  const { url } = outcome;
  const host = url.searchParams.get('host') ?? url.host;
  return { name: spec.name, label: `${decodeURIComponent(url.username)}@${host}${url.pathname}` };
}

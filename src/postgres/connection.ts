import { Client, Pool, type ClientConfig } from 'pg';
import type { Secret } from '../base/index.ts';
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
  // Without a listener a server that dies under an idle connection would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.end().catch(() => undefined);
    throw classifyPostgresError(error, targetOf(spec));
  }
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
  pool.on('error', () => undefined);
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
  const bare = spec.url.reveal().replace(/^(postgres(?:ql)?:\/\/[^:/@]*)(?::[^@/]*)?@/, '$1@');
  const url = URL.parse(bare);
  if (url === null) return { name: spec.name, label: 'unreadable URL' };
  const host = url.searchParams.get('host') ?? url.host;
  return { name: spec.name, label: `${decodeURIComponent(url.username)}@${host}${url.pathname}` };
}

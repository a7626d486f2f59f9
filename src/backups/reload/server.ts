import { messageOf, Secret } from '../../base/index.ts';
import {
  classifyPostgresError,
  connect,
  disconnect,
  hostReached,
  sqlStateOf,
  sqlState,
  targetOf,
  type PostgresClient,
} from '../../postgres/index.ts';
import { reloadError } from './errors.ts';

/** A connection to a server, to a database on which nobody depends, for making, renaming and dropping others. */
export interface ServerSession extends AsyncDisposable {
  readonly client: PostgresClient;
  /** `user@host:port/database`, without anything secret. */
  readonly label: string;
  /** Name of the role. */
  readonly role: string;
  /** One statement; gives its rows. Throws `database_*` AppErrors. */
  readonly query: <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
}

/** The URL of another database on the same server, with the same role. */
export function urlOfDatabase(url: Secret, database: string): Secret {
  const { before, after } = partsOf(url);
  return new Secret(`${before}/${encodeURIComponent(database)}${after}`);
}

/** Name of the database that a URL leads to. */
export function databaseOf(url: Secret): string {
  return decodeURIComponent(partsOf(url).database);
}

/** Name of the role that a URL connects as; empty where it names none. */
export function roleOf(url: Secret): string {
  const { before, after } = partsOf(url);
  const named = /^[^/]*\/\/([^:@/]*)(?::[^@]*)?@/.exec(before)?.[1];
  return named === undefined ? (new URLSearchParams(after).get('user') ?? '') : decodeURIComponent(named);
}

/** A URL as the settings have checked it: its one path is the name of the database. */
function partsOf(url: Secret): { before: string; database: string; after: string } {
  const [, before = '', database = '', after = ''] = /^(\w+:\/\/[^/?]*)\/([^?]*)(.*)$/s.exec(url.reveal()) ?? [];
  return { before, database, after };
}

/** Connects as the URL says; the database of the URL itself, or with `database` another one of the same server. */
export async function openServer(name: string, url: Secret): Promise<ServerSession> {
  const spec = { name, url, applicationName: 'plimsoll backup', connectTimeoutMs: 10_000 };
  const client = await connect(spec);
  const target = targetOf({ name, url: hostReached(client).url });
  return {
    client,
    label: target.label,
    role: roleOf(url),
    query: async <Row>(text: string, values: readonly unknown[] = []) => {
      try {
        return (await client.query(text, [...values])).rows as Row[];
      } catch (error) {
        throw classifyPostgresError(error, target);
      }
    },
    [Symbol.asyncDispose]: async () => await disconnect(client),
  };
}

/** An identifier as SQL takes it, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** Runs something that makes a database; says what to grant when the role may not. */
export async function makingDatabases<T>({ role }: Pick<ServerSession, 'role'>, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (sqlStateOf(error) !== sqlState.insufficientPrivilege || !messageOf(error).includes('to create database'))
      throw error;
    throw reloadError('reload_rights_missing', {
      message: `the role ${role} may not make databases`,
      hint: `As superuser run in psql: alter role ${quoteName(role)} createdb;`,
      details: { role },
      cause: error,
    });
  }
}

/** The server's version, as in `show server_version_num`. */
export async function readServerVersion({ query }: Pick<ServerSession, 'query'>): Promise<number> {
  const [row] = await query<{ version: number }>(
    "select pg_catalog.current_setting('server_version_num')::integer as version",
  );
  return row?.version ?? 0;
}

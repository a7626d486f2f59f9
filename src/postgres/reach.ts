import type { ClientConfig } from 'pg';
import {
  DeadlineExceeded,
  messageOf,
  type AppError,
  type PostgresHost,
  type Secret,
  type SessionKind,
} from '../base/index.ts';
import { classifyPostgresError, reasonOf } from './classify.ts';
import { postgresError, type PostgresErrorCode } from './errors.ts';
import { HearingClient, requireKind, WrongKindOfServer } from './session-kind.ts';
import { routeOf, targetOf } from './target.ts';

export interface ConnectionSpec {
  /** The product's name for the database: config, results, jobs. */
  readonly name: string;
  /** May name several hosts: docs/three-servers.md. */
  readonly url: Secret;
  /** Shown in pg_stat_activity, so that a DBA sees who is connected. */
  readonly applicationName: string;
  /** For all hosts of the URL together. */
  readonly connectTimeoutMs: number;
}

/** A connection, and the host of the URL that it is to. */
export interface Reached {
  readonly client: HearingClient;
  readonly host: PostgresHost;
}

/**
 * Connects to the first host of the URL that lets us in and is of the wanted kind. Each gets its share of the time that is left, so
 * that one which swallows everything (a machine that lost its power) leaves enough for the next. Throws one
 * `database_*` AppError that names every host that was tried, and why not.
 */
export async function reach(spec: ConnectionSpec): Promise<Reached> {
  const { hosts, wanted, perHostMs } = routeOf(spec.url);
  const key = `${hosts.map(({ label }) => label).join(',')} ${wanted}`;
  const until = performance.now() + spec.connectTimeoutMs;
  const order = lastRightFirst(hosts, key);
  const failures: Failure[] = [];
  let secondBest: Reached | undefined;
  for (const [index, host] of order.entries()) {
    const shareMs = Math.max(1, Math.floor((until - performance.now()) / (order.length - index)));
    const timeoutMs = Math.min(order.length === 1 ? spec.connectTimeoutMs : shareMs, perHostMs ?? Infinity);
    const { client, error } = await tryHost(host, spec, { wanted, timeoutMs });
    if (client !== undefined && error === undefined) {
      lastRight.set(key, host.label);
      if (secondBest !== undefined) hangUp(secondBest.client);
      return { client, host };
    }
    failures.push({ host, error });
    if (client === undefined) continue;
    if (wanted === 'prefer-standby' && secondBest === undefined) secondBest = { client, host };
    else hangUp(client);
  }
  if (secondBest !== undefined) return secondBest;
  throw explain(failures, spec);
}

/** A client and no error: it is what was wanted. Both: it is of another kind. */
interface Attempt {
  readonly client?: HearingClient;
  readonly error?: unknown;
}

async function tryHost(
  host: PostgresHost,
  spec: ConnectionSpec,
  { wanted, timeoutMs }: { readonly wanted: SessionKind; readonly timeoutMs: number },
): Promise<Attempt> {
  const client = new HearingClient(clientConfig({ ...spec, url: host.url, connectTimeoutMs: timeoutMs }));
  ignoreErrors(client);
  try {
    await client.connect();
    await requireKind(client, wanted, timeoutMs);
    return { client };
  } catch (error) {
    if (error instanceof WrongKindOfServer) return { client, error };
    hangUp(client);
    return { error: isConnectTimeout(error) ? new DeadlineExceeded(timeoutMs) : error };
  }
}

/** Which host of a list was right the last time: after a failover nobody waits for the one that is dead again and again. */
const lastRight = new Map<string, string>();

function lastRightFirst(hosts: readonly PostgresHost[], key: string): readonly PostgresHost[] {
  const label = lastRight.get(key);
  const isFirst = (host: PostgresHost): boolean => host.label === label;
  return [...hosts.filter(isFirst), ...hosts.filter((host) => !isFirst(host))];
}

/** `pg` says only `timeout expired`; every silence of a server reads the same here. */
function isConnectTimeout(error: unknown): boolean {
  return messageOf(error) === 'timeout expired';
}

function hangUp(client: HearingClient): void {
  client.end().catch(() => undefined);
}

/** A server that dies under a connection fails its next statement; without a listener it would end the process as well. */
export function ignoreErrors(emitter: { on(event: 'error', listener: () => void): unknown }): void {
  emitter.on('error', () => undefined);
}

/** What the driver is given for one host. */
export function clientConfig(spec: ConnectionSpec): ClientConfig {
  return {
    connectionString: spec.url.reveal(),
    application_name: spec.applicationName,
    connectionTimeoutMillis: spec.connectTimeoutMs,
    keepAlive: true,
  };
}

interface Failure {
  readonly host: PostgresHost;
  readonly error: unknown;
}

/** The one that came furthest says most about what is to be done. */
const tellingFirst: readonly string[] = [
  'database_auth_failed',
  'database_missing',
  'database_permission_denied',
  'database_not_accepting',
  'database_target_missing',
  'database_connection_lost',
  'database_timeout',
  'database_unreachable',
] satisfies PostgresErrorCode[];

function explain(failures: readonly Failure[], spec: ConnectionSpec): AppError {
  const target = targetOf(spec);
  const classified = failures.map(({ host, error }) => ({ host, error, known: classifyPostgresError(error, target) }));
  const rank = ({ known }: { known: AppError }): number => (tellingFirst.indexOf(known.code) + 100) % 100;
  const [telling] = classified.toSorted((left, right) => rank(left) - rank(right));
  if (telling === undefined) throw new TypeError('a database URL names no host');
  if (failures.length === 1) return telling.known;
  const tried = classified.map(({ host, error }) => `${host.label} ${reasonOf(error)}`);
  return postgresError(telling.known.code as PostgresErrorCode, {
    message: `${target.name} database (${target.label}): ${tried.join('; ')}`,
    hint: telling.known.hint,
    details: { ...telling.known.details, hosts: classified.map(({ host, known }) => [host.label, known.code]) },
    cause: telling.known.cause,
  });
}

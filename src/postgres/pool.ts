import { Pool, type ClientConfig, type PoolClient } from 'pg';
import { messageOf, type PostgresHost, type SessionKind } from '../base/index.ts';
import { disconnect } from './connection.ts';
import { clientConfig, ignoreErrors, reach, type ConnectionSpec } from './reach.ts';
import { HearingClient, requireKind } from './session-kind.ts';
import { routeOf } from './target.ts';

/** Every wait has an end: `connectTimeoutMs` for a connection, `statementTimeoutMs` for each statement. */
export interface PoolSpec extends ConnectionSpec {
  readonly max: number;
  readonly statementTimeoutMs: number;
}

/** Connections to one host. */
interface Lane {
  readonly pool: Pool;
  readonly clients: Set<PoolClient>;
  readonly lent: Set<PoolClient>;
  /** Undefined: whoever is there is right. */
  readonly kind: SessionKind | undefined;
  /** Set once it is given up; settles when the last of its connections is gone. */
  ended: Promise<void> | undefined;
}

const politeMs = 500;

/**
 * A pool that follows the primary. All its connections are to one host at a time; when that lets nobody in any more, or turns out
 * to be the wrong one, they are given up together and the hosts of the URL are gone through again. What
 * is lent out then is finished.
 */
export class RoutedPool {
  readonly #spec: PoolSpec;
  readonly #route: ReturnType<typeof routeOf>;
  readonly #lanes = new Set<Lane>();
  #current: Lane | undefined;
  #looking: Promise<Lane> | undefined;
  #isEnded = false;

  constructor(spec: PoolSpec) {
    this.#spec = spec;
    this.#route = routeOf(spec.url);
  }

  /** Lends a connection, to be given back with its `release`. Throws what `pg` throws, or a `database_*` AppError. */
  async lend(): Promise<PoolClient> {
    const until = performance.now() + this.#spec.connectTimeoutMs;
    const lane = await this.#lane(until);
    try {
      return await take(lane, this.#spec.connectTimeoutMs);
    } catch (error) {
      const isAlone = this.#route.hosts.length === 1 && lane.ended === undefined;
      if (isAlone || isCrowded(error)) throw error;
      this.#giveUp(lane);
      return await take(await this.#lane(until), this.#spec.connectTimeoutMs);
    }
  }

  /** Gives up every connection to the server of this one: it is gone or takes no writes any more, and another one may. */
  distrust(client: PoolClient): void {
    const lane = [...this.#lanes].find(({ clients }) => clients.has(client));
    if (lane !== undefined) this.#giveUp(lane);
  }

  /** A server that no longer answers does not say goodbye: after half a second its connections are cut. */
  async end(): Promise<void> {
    this.#isEnded = true;
    const lanes = [...this.#lanes];
    for (const lane of lanes) this.#giveUp(lane);
    const cut = setTimeout(() => {
      for (const { clients } of lanes) for (const client of clients) client.connection.stream.destroy();
    }, politeMs);
    await Promise.all(lanes.map(async ({ ended }) => await ended));
    clearTimeout(cut);
  }

  async #lane(until: number): Promise<Lane> {
    if (this.#current !== undefined) return this.#current;
    this.#looking ??= this.#look(until).finally(() => {
      this.#looking = undefined;
    });
    return await this.#looking;
  }

  /** One look for all who wait. */
  async #look(until: number): Promise<Lane> {
    const [only, ...others] = this.#route.hosts;
    const host = others.length === 0 && only !== undefined ? only : await this.#find(until);
    if (this.#isEnded) throw new Error('the pool has been closed');
    const lane = openLane(this.#spec, this.#route, host);
    this.#lanes.add(lane);
    this.#current = lane;
    return lane;
  }

  async #find(until: number): Promise<PostgresHost> {
    const connectTimeoutMs = Math.max(1, Math.floor(until - performance.now()));
    const { client, host } = await reach({ ...this.#spec, connectTimeoutMs });
    await disconnect(client);
    return host;
  }

  #giveUp(lane: Lane): void {
    if (this.#current === lane) this.#current = undefined;
    if (lane.ended !== undefined) return;
    const cut = setTimeout(() => {
      for (const client of lane.clients) if (!lane.lent.has(client)) client.connection.stream.destroy();
    }, politeMs);
    lane.ended = lane.pool.end().finally(() => {
      clearTimeout(cut);
      this.#lanes.delete(lane);
    });
  }
}

function openLane(spec: PoolSpec, { hosts, wanted, perHostMs }: ReturnType<typeof routeOf>, host: PostgresHost): Lane {
  const patienceMs = Math.min(
    hosts.length === 1 ? spec.connectTimeoutMs : spec.connectTimeoutMs / 2,
    perHostMs ?? Infinity,
  );
  const pool = new Pool({
    ...clientConfig({ ...spec, url: host.url }),
    Client: clientWith({ connectionTimeoutMillis: Math.ceil(patienceMs) }),
    max: spec.max,
    idleTimeoutMillis: 30_000,
    statement_timeout: spec.statementTimeoutMs,
    query_timeout: spec.statementTimeoutMs,
  });
  ignoreErrors(pool);
  const clients = new Set<PoolClient>();
  const lent = new Set<PoolClient>();
  pool
    // The pool listens to idle connections only; one that is lent out has to be listened to as well.
    .on('connect', (client) => {
      ignoreErrors(client);
      clients.add(client);
    })
    .on('acquire', (client) => lent.add(client))
    .on('release', (_, client) => lent.delete(client))
    .on('remove', (client) => clients.delete(client));
  return { pool, clients, lent, kind: kindInLane(wanted), ended: undefined };
}

/** Where no standby was to be had, another one is right until it fails. */
function kindInLane(wanted: SessionKind): SessionKind | undefined {
  return wanted === 'any' || wanted === 'prefer-standby' ? undefined : wanted;
}

/** What waits for its turn may wait longer than what waits for a server. */
function clientWith(own: ClientConfig): typeof HearingClient {
  return class extends HearingClient {
    constructor(config?: ClientConfig) {
      super({ ...config, ...own });
    }
  };
}

const checked = new WeakSet<PoolClient>();

async function take({ pool, kind }: Lane, timeoutMs: number): Promise<PoolClient> {
  const client = await pool.connect();
  if (kind === undefined || checked.has(client) || !(client instanceof HearingClient)) return client;
  try {
    await requireKind(client, kind, timeoutMs);
    checked.add(client);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** All connections are lent out: the server is not to blame. */
function isCrowded(error: unknown): boolean {
  return messageOf(error) === 'timeout exceeded when trying to connect';
}

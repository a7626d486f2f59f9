import { setTimeout as delay } from 'node:timers/promises';
import { hasCode, type Secret } from '../../base/index.ts';
import { requireNoTaking, restoreLockClass } from '../lock/index.ts';
import { databaseNames, type DatabaseName } from '../../contract/index.ts';
import { databaseOf, openServer, urlOfDatabase, type ServerSession } from '../reload/server.ts';
import type { DatabaseUrls } from '../types.ts';
import { restoreError } from './errors.ts';

/** One database server and which of the three databases are on it. */
export interface Server {
  readonly session: ServerSession;
  /** A second session, to end those of others while the first waits for that. */
  readonly helper: ServerSession;
  readonly names: readonly DatabaseName[];
}

/** The servers of a deployment, reached through databases on which nothing of it depends. */
export interface Servers extends AsyncDisposable {
  readonly all: readonly Server[];
  of(name: DatabaseName): Server;
}

/** Tried in turn: not every server has the first, and the second is always there. */
const maintenanceDatabases = ['postgres', 'template1'];

/**
 * Connects to the servers with the owner's role, to no database that a restore replaces: they may be gone. Throws `database_*`.
 */
export async function openServers(urls: DatabaseUrls): Promise<Servers> {
  await using opened = new AsyncDisposableStack();
  const byServer = new Map<string, { session: ServerSession; helper: ServerSession; names: DatabaseName[] }>();
  for (const name of databaseNames) {
    const session = opened.use(await openMaintenance(name, urls[name]));
    const identity = await identityOf(session);
    const known = byServer.get(identity);
    if (known === undefined)
      byServer.set(identity, { session, helper: opened.use(await openMaintenance(name, urls[name])), names: [name] });
    else known.names.push(name);
  }
  const all = [...byServer.values()];
  const owned = opened.move();
  return {
    all,
    of: (name) => {
      const server = all.find(({ names }) => names.includes(name));
      if (server === undefined) throw new TypeError(`no server was opened for ${name}`);
      return server;
    },
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  };
}

/**
 * Keeps other restores and every taking away from these databases for as long as the sessions live. The lock is by the name of
 * each database: what is missing or corrupt can be locked as well. Throws `restore_running`, `backup_busy`.
 */
export async function lockServers(servers: Servers, urls: DatabaseUrls): Promise<void> {
  for (const name of databaseNames) await lock(servers.of(name).session, databaseOf(urls[name]));
  await requireNoTaking(servers.of('config').session.query, databaseOf(urls.config));
}

async function openMaintenance(name: DatabaseName, url: Secret): Promise<ServerSession> {
  let refused: unknown;
  for (const database of maintenanceDatabases) {
    try {
      return await openServer(name, urlOfDatabase(url, database));
    } catch (error) {
      if (!hasCode(error, 'database_missing') && !hasCode(error, 'database_permission_denied')) throw error;
      refused ??= error;
    }
  }
  throw refused;
}

/** No two servers were started in the same microsecond and made their first database under the same number. */
async function identityOf({ query }: ServerSession): Promise<string> {
  const [row] = await query<{ identity: string }>(
    `select concat(extract(epoch from pg_catalog.pg_postmaster_start_time()), '/', pg_catalog.inet_server_port()) as identity`,
  );
  return row?.identity ?? '';
}

/** The server needs a moment to see that a process was killed, and to let go of its lock. */
const lockPatienceMs = 2000;

async function lock({ query, label }: ServerSession, database: string): Promise<void> {
  const begin = performance.now();
  do {
    const [row] = await query<{ locked: boolean }>(
      'select pg_catalog.pg_try_advisory_lock($1, pg_catalog.hashtext($2)) as locked',
      [restoreLockClass, database],
    );
    if (row?.locked === true) return;
    await delay(100);
  } while (performance.now() - begin < lockPatienceMs);
  throw restoreError('restore_running', {
    message: `another restore is at work on ${database} (${label})`,
    hint: 'Wait until it has ended; `plimsoll backup restore --status` says how far it is.',
    details: { database },
  });
}

/** Which of these databases are on a server. */
export async function readExisting({ query }: ServerSession, names: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await query<{ name: string }>(
    'select datname as name from pg_catalog.pg_database where datname = any($1::text[])',
    [names],
  );
  return new Set(rows.map(({ name }) => name));
}

import { Secret } from '../../src/base/index.ts';
import { databaseNames, type DatabaseName } from '../../src/contract/index.ts';
import { socketUrl } from '../../src/embedded/postgres/socket-url.ts';
import { connect, type PostgresClient } from '../../src/postgres/index.ts';
import { startTestCluster } from './cluster.ts';
import type { TestRole } from './databases.ts';

/** The three databases on a server of their own, for what concerns a whole server: its settings, slots and connections. */
export interface OwnCluster extends AsyncDisposable {
  urls(role: TestRole): Readonly<Record<DatabaseName, Secret>>;
  /** A connection of its own, for a session that has to stay; the caller ends it. */
  connect(role: TestRole, name: DatabaseName): Promise<PostgresClient>;
  /** Runs SQL and gives the rows of the last statement. */
  query(role: TestRole, name: DatabaseName, text: string): Promise<readonly Record<string, unknown>[]>;
}

/** Starts it with these server settings; the databases are empty. */
export async function startOwnCluster(settings: Readonly<Record<string, string>>): Promise<OwnCluster> {
  const { address, stop } = await startTestCluster(settings);
  const urlOf = (role: TestRole, database: string): Secret => {
    const user = role === 'superuser' ? 'postgres' : `plimsoll_${role}`;
    return socketUrl({
      role: user,
      password: new Secret(address.passwords[role]),
      database,
      socketDir: address.socketDir,
    });
  };
  const open = async (role: TestRole, name: DatabaseName): Promise<PostgresClient> =>
    await connect({ name, url: urlOf(role, name), applicationName: 'plimsoll test', connectTimeoutMs: 10_000 });
  return {
    urls: (role) =>
      Object.fromEntries(databaseNames.map((name) => [name, urlOf(role, name)])) as Record<DatabaseName, Secret>,
    connect: open,
    query: async (role, name, text) => {
      const client = await open(role, name);
      try {
        const result = await client.query<Record<string, unknown>>(text);
        const last = Array.isArray(result) ? (result as (typeof result)[]).at(-1) : result;
        return last?.rows ?? [];
      } finally {
        await client.end();
      }
    },
    [Symbol.asyncDispose]: stop,
  };
}

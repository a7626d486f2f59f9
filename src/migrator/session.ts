import { withDeadline, type Secret } from '../base/index.ts';
import type { DatabaseName } from '../contract/index.ts';
import {
  classifyPostgresError,
  connect,
  disconnect,
  hostReached,
  targetOf,
  type ConnectionSpec,
  type DatabaseTarget,
  type PostgresClient,
} from '../postgres/index.ts';

/** One connection of the migrator to one database. */
export interface Session extends AsyncDisposable {
  readonly database: DatabaseName;
  readonly client: PostgresClient;
  readonly target: DatabaseTarget;
  readonly spec: ConnectionSpec;
  /** The server's process id of this connection. */
  readonly processId: number;
  /** For what is answered at once or not at all: throws database_timeout when the server hangs. */
  ask<T>(work: () => Promise<T>): Promise<T>;
}

/** How long a server may take to accept a connection, or to answer a question about its ledger. */
const answerWithinMs = 5000;

/** Opens a connection of its own. Throws a `database_*` AppError. */
export async function openSession(database: DatabaseName, url: Secret): Promise<Session> {
  const asked = { name: database, url, applicationName: 'plimsoll-migrator', connectTimeoutMs: answerWithinMs };
  const client = await connect(asked);
  // A second connection, which watches who is in the way or asks for the drift, has to meet the same server.
  const spec = { ...asked, url: hostReached(client).url };
  const target = targetOf(spec);
  return {
    database,
    client,
    target,
    spec,
    // Known to pg from the greeting, though not to its types.
    processId: (client as unknown as { processID: number }).processID,
    ask: async (work) =>
      await withDeadline(answerWithinMs, work).catch((error: unknown) => {
        throw classifyPostgresError(error, target);
      }),
    [Symbol.asyncDispose]: async () => await disconnect(client),
  };
}

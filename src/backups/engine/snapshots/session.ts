import type { Secret } from '../../../base/index.ts';
import type { DatabaseName } from '../../../contract/index.ts';
import {
  classifyPostgresError,
  connect,
  disconnect,
  hostReached,
  targetOf,
  type PostgresClient,
} from '../../../postgres/index.ts';
import { engineError } from '../errors.ts';
import { noticeLostClient } from '../lost-client.ts';

export const connectTimeoutMs = 10_000;

/** A connection to one database that a snapshot lives in. */
export interface Session {
  readonly name: DatabaseName;
  readonly client: PostgresClient;
  /** Leads to the server of this session alone, whatever other hosts there are: its snapshot is nowhere else. */
  readonly url: Secret;
  /** One statement; gives its rows. Throws `database_*` AppErrors. */
  readonly query: <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** Runs statements that the signal stops, on the server as well. Throws its reason then; the transaction is lost. */
  readonly interruptible: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
  /** Stops the statement that is running on the server, if any, and ends the connection. */
  readonly close: () => Promise<void>;
}

/** Waits that a server, database or role may have set, and that would end a session which keeps a snapshot for hours. */
const unlimitSql = `select set_config(name, '0', false) from pg_catalog.pg_settings where name in (
  'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout',
  'transaction_timeout', 'max_parallel_workers_per_gather')`;

/**
 * Opens a session of its own: no time limits, no helpers beside it on the server, and an error in place of rows that row
 * security would silently leave out. Throws `backup_pooled_connection` when a pooler is in between.
 */
export async function openSession(name: DatabaseName, url: Secret): Promise<Session> {
  const asked = { name, url, applicationName: 'plimsoll backup', connectTimeoutMs };
  const target = targetOf(asked);
  const client = await connect(asked);
  const spec = { ...asked, url: hostReached(client).url };
  try {
    const pid = await pidOf(client);
    await refusePooler(client, pid, spec);
    await client.query(`${unlimitSql}; set row_security = off`);
    await noticeLostClient(client);
    return sessionOf(client, pid, spec);
  } catch (error) {
    await disconnect(client);
    throw classifyPostgresError(error, target);
  }
}

type Spec = Parameters<typeof connect>[0] & { readonly name: DatabaseName };

function sessionOf(client: PostgresClient, backendPid: number, spec: Spec): Session {
  const target = targetOf(spec);
  let running = 0;
  return {
    name: spec.name,
    client,
    url: spec.url,
    query: async <Row>(text: string, values: readonly unknown[] = []) => {
      running += 1;
      try {
        return (await client.query(text, [...values])).rows as Row[];
      } catch (error) {
        throw classifyPostgresError(error, target);
      } finally {
        running -= 1;
      }
    },
    interruptible: async (signal, work) => {
      signal.throwIfAborted();
      const cancel = (): void => void cancelBackend(spec, backendPid);
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
    close: async () => {
      // A server notices that its client is gone when it next answers: a long count would hold the snapshot until then.
      if (running > 0) await cancelBackend(spec, backendPid);
      await disconnect(client);
    },
  };
}

/** Best effort: a server that cannot be reached any more has no use for it. */
async function cancelBackend(spec: Spec, pid: number): Promise<void> {
  const other = await connect(spec).catch(() => undefined);
  if (other === undefined) return;
  await other.query('select pg_cancel_backend($1)', [pid]).catch(() => undefined);
  await disconnect(other);
}

async function pidOf(client: PostgresClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

const answerWithinMs = 5000;

/**
 * A transaction pooler lends out a server process for a transaction at a time. While a second connection is in one, the
 * first cannot be given the same process again: it gets another, or none.
 */
async function refusePooler(client: PostgresClient, pid: number, spec: Spec): Promise<void> {
  const second = await connect(spec);
  try {
    // In one message: a server may end whoever is idle in a transaction at once.
    await second.query(`begin; ${unlimitSql}`);
    const [secondPid, laterPid] = [await pidOf(second), await pidWithin(client)];
    if (secondPid === pid || laterPid !== pid) throw pooled(spec);
  } finally {
    await disconnect(second);
  }
}

async function pidWithin(client: PostgresClient): Promise<number | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), answerWithinMs);
  try {
    return await Promise.race([pidOf(client), late]);
  } finally {
    clearTimeout(timer);
  }
}

function pooled(spec: Spec): Error {
  const setting = `BACKUP_${spec.name.toUpperCase()}_DATABASE_URL`;
  return engineError('backup_pooled_connection', {
    message: `${spec.name} database (${targetOf(spec).label}): reached through a pooler that gives each transaction another server session; a snapshot needs one of its own`,
    hint: `Connect to the database server itself, not to the pooler; for backups set ${setting} to its address.`,
    details: { database: spec.name },
  });
}

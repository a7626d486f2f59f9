import type { Clock } from '../../base/index.ts';
import {
  classifyPostgresError,
  codeOf,
  connect,
  disconnect,
  sqlState,
  targetOf,
  type ConnectionSpec,
  type PostgresClient,
} from '../../postgres/index.ts';

/**
 * How long an open connection passes for proof that the server lets anybody in. A server whose postmaster hangs goes on
 * answering on the connections that it has.
 */
const PROOF_MS = 10_000;

export interface KeptConnectionOptions extends ConnectionSpec {
  readonly clock: Clock;
  /** Run once on each new connection. */
  readonly setUpSql: string;
  /** Called for every notification, and when an idle connection breaks. */
  readonly onEvent?: () => void;
}

/**
 * One connection that is kept between readings, replaced when it fails and every ten seconds. Its calls must not overlap.
 */
export interface KeptConnection {
  /**
   * Runs the work on the kept connection. If that turns out to be dead, a fresh one is opened and asked again, once.
   * When it is time to replace it and the server lets nobody in, that is the failure, even if the old one still works.
   * Whatever else fails, and when the signal fires, the connection is dropped; the next call opens another.
   */
  run<T>(work: (client: PostgresClient) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** Makes a kept connection; it opens when it is first used. */
export function keepConnection(options: KeptConnectionOptions): KeptConnection {
  let kept: PostgresClient | undefined;
  let provenAt = 0;

  const open = async (signal: AbortSignal): Promise<PostgresClient> => {
    const client = await connect(options);
    await orHangUp(client, signal, async () => await client.query(options.setUpSql));
    kept = client;
    provenAt = options.clock.now().getTime();
    client.on('notification', () => options.onEvent?.());
    client.on('end', () => {
      if (kept !== client) return;
      kept = undefined;
      options.onEvent?.();
    });
    return client;
  };
  const isProven = (): boolean => Math.abs(options.clock.now().getTime() - provenAt) < PROOF_MS;
  const replace = async (old: PostgresClient, signal: AbortSignal): Promise<PostgresClient> => {
    try {
      const fresh = await open(signal);
      void disconnect(old);
      return fresh;
    } catch (error) {
      // The server has answered; giving up a slot where none is left would only lose it to somebody else.
      if (!signal.aborted && isFull(error)) {
        provenAt = options.clock.now().getTime();
        return old;
      }
      destroy(old);
      throw error;
    }
  };
  const take = async (signal: AbortSignal): Promise<PostgresClient> => {
    const client = kept;
    kept = undefined;
    if (client === undefined) return await open(signal);
    return isProven() ? client : await replace(client, signal);
  };
  const runOnce = async <T>(work: (client: PostgresClient) => Promise<T>, signal: AbortSignal): Promise<T> => {
    const client = await take(signal);
    kept = undefined;
    const result = await orHangUp(client, signal, async () => await work(client));
    // A result that came too late leaves a connection that was hung up.
    if (!signal.aborted) kept = client;
    return result;
  };
  return {
    run: async (work, signal) => {
      const wasKept = kept !== undefined;
      try {
        return await runOnce(work, signal);
      } catch (error) {
        if (!wasKept || signal.aborted || !isLost(error, options)) throw error;
        return await runOnce(work, signal);
      }
    },
    close: async () => {
      const client = kept;
      kept = undefined;
      if (client !== undefined) await disconnect(client);
    },
  };
}

/** Runs the work; destroys the connection if it fails, or as soon as the signal fires. */
async function orHangUp<T>(client: PostgresClient, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const hangUp = (): void => destroy(client);
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    hangUp();
    throw error;
  } finally {
    signal.removeEventListener('abort', hangUp);
  }
}

function isLost(error: unknown, spec: ConnectionSpec): boolean {
  return classifyPostgresError(error, targetOf(spec)).code === 'database_connection_lost';
}

function isFull(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === sqlState.tooManyConnections;
}

/** `end()` of `pg` waits for a server that may never answer; this does not. */
function destroy(client: PostgresClient): void {
  client.connection.stream.destroy();
}

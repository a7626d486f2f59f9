import {
  classifyPostgresError,
  connect,
  disconnect,
  targetOf,
  type ConnectionSpec,
  type PostgresClient,
} from '../../postgres/index.ts';

export interface KeptConnectionOptions extends ConnectionSpec {
  /** Run once on each new connection. */
  readonly setUpSql: string;
  /** Called for every notification, and when an idle connection breaks. */
  readonly onEvent?: () => void;
}

/** One connection that is kept between readings and replaced when it fails. Its calls must not overlap. */
export interface KeptConnection {
  /**
   * Runs the work on the kept connection. If that turns out to be dead, a fresh one is opened and asked again, once.
   * Whatever else fails, and when the signal fires, the connection is dropped; the next call opens another.
   */
  run<T>(work: (client: PostgresClient) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** Makes a kept connection; it opens when it is first used. */
export function keepConnection(options: KeptConnectionOptions): KeptConnection {
  let kept: PostgresClient | undefined;

  const open = async (signal: AbortSignal): Promise<PostgresClient> => {
    const client = await connect(options);
    await orHangUp(client, signal, async () => await client.query(options.setUpSql));
    kept = client;
    client.on('notification', () => options.onEvent?.());
    client.on('end', () => {
      if (kept !== client) return;
      kept = undefined;
      options.onEvent?.();
    });
    return client;
  };
  const runOnce = async <T>(work: (client: PostgresClient) => Promise<T>, signal: AbortSignal): Promise<T> => {
    const client = kept ?? (await open(signal));
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

/** `end()` of `pg` waits for a server that may never answer; this does not. */
function destroy(client: PostgresClient): void {
  client.connection.stream.destroy();
}

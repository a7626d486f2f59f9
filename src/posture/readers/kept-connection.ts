import { withDeadline } from '../../base/index.ts';
import {
  classifyPostgresError,
  connect,
  targetOf,
  type ConnectionSpec,
  type PostgresClient,
} from '../../postgres/index.ts';

const CLOSE_DEADLINE_MS = 500;

export interface KeptConnectionOptions extends ConnectionSpec {
  /** Run once on each new connection. */
  readonly setUpSql: string;
  /** Called for every notification, and when an idle connection breaks. */
  readonly onEvent: () => void;
}

/** One connection that is kept between readings and replaced when it fails. */
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

  const drop = (): void => {
    const client = kept;
    kept = undefined;
    if (client !== undefined) destroy(client);
  };

  const open = async (signal: AbortSignal): Promise<PostgresClient> => {
    const client = await connect(options);
    if (signal.aborted) {
      destroy(client);
      signal.throwIfAborted();
    }
    kept = client;
    client.on('notification', options.onEvent);
    client.on('end', () => {
      if (kept !== client) return;
      kept = undefined;
      options.onEvent();
    });
    await client.query(options.setUpSql);
    return client;
  };

  const runOnce = async <T>(work: (client: PostgresClient) => Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      return await work(kept ?? (await open(signal)));
    } catch (error) {
      drop();
      throw error;
    }
  };

  return {
    run: async (work, signal) => {
      signal.addEventListener('abort', drop, { once: true });
      const wasKept = kept !== undefined;
      try {
        return await runOnce(work, signal);
      } catch (error) {
        if (!wasKept || signal.aborted || !isLost(error, options)) throw error;
        return await runOnce(work, signal);
      } finally {
        signal.removeEventListener('abort', drop);
      }
    },
    close: async () => {
      const client = kept;
      kept = undefined;
      if (client !== undefined) await end(client);
    },
  };
}

function isLost(error: unknown, spec: ConnectionSpec): boolean {
  return classifyPostgresError(error, targetOf(spec)).code === 'database_connection_lost';
}

/** Says goodbye to the server, and hangs up if it does not hear. */
async function end(client: PostgresClient): Promise<void> {
  await withDeadline(CLOSE_DEADLINE_MS, async () => await client.end()).catch(() => undefined);
  destroy(client);
}

/** `end()` of `pg` waits for a server that may never answer; this does not. */
function destroy(client: PostgresClient): void {
  client.connection.stream.destroy();
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Secret } from '../../src/base/index.ts';

/**
 * Stands between the product and a real database, so that a test can take the database away and give it back:
 * `running` forwards, `paused` accepts and never answers (what was connected hangs too), `stopped` refuses.
 */
export interface PostgresProxy extends AsyncDisposable {
  /** The same connection, through the proxy. */
  urlThrough(url: Secret): Secret;
  readonly port: number;
  /** How many connections were ever made to it. */
  accepted(): number;
  /** Refuses connections and breaks those that are open. */
  stop(): Promise<void>;
  /** Listens again, on the same port; undoes `stop`. */
  start(): Promise<void>;
  pause(): void;
  /** As `pause`, but what is connected goes on: a server whose postmaster hangs. */
  shutOut(): void;
  /** Goes on with what was held back; undoes `pause` and `shutOut`. */
  resume(): void;
  /** Breaks the open connections and keeps accepting new ones. */
  dropConnections(): void;
}

/** Starts a proxy, on a free port of 127.0.0.1, to the server that `target` names. */
export async function startPostgresProxy(target: Secret): Promise<PostgresProxy> {
  const state = { paused: false, shutOut: false, sockets: new Set<Socket>() };
  let accepted = 0;
  const server = createServer({ pauseOnConnect: true }, (client) => {
    accepted += 1;
    forward(client, target, state);
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const dropConnections = (): void => {
    for (const socket of state.sockets) socket.destroy();
  };
  const stop = async (): Promise<void> => {
    dropConnections();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  const setPaused = (paused: boolean): void => {
    state.paused = paused;
    state.shutOut = false;
    for (const socket of state.sockets) {
      if (paused) socket.pause();
      else socket.resume();
    }
  };
  return {
    port,
    accepted: () => accepted,
    urlThrough: (url) => throughPort(url, port),
    stop,
    start: async () => await listen(server, port),
    pause: () => setPaused(true),
    shutOut: () => {
      state.shutOut = true;
    },
    resume: () => setPaused(false),
    dropConnections,
    [Symbol.asyncDispose]: stop,
  };
}

interface ProxyState {
  readonly paused: boolean;
  readonly shutOut: boolean;
  readonly sockets: Set<Socket>;
}

/** Bytes are handed over by hand, not piped: a pipe would resume a socket that the proxy has paused. */
function forward(client: Socket, target: Secret, state: ProxyState): void {
  const upstream = connect(addressOf(target));
  const pairs = [
    [client, upstream],
    [upstream, client],
  ] as const;
  for (const [from, to] of pairs) {
    state.sockets.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => undefined);
    from.on('close', () => {
      state.sockets.delete(from);
      to.destroy();
    });
    from.setNoDelay(true);
    if (state.paused || state.shutOut) from.pause();
    else from.resume();
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function addressOf(target: Secret): { path: string } | { host: string; port: number } {
  const url = new URL(target.reveal());
  const socketDir = url.searchParams.get('host');
  const port = url.port === '' ? 5432 : Number(url.port);
  return socketDir === null ? { host: url.hostname, port } : { path: `${socketDir}/.s.PGSQL.${port}` };
}

function throughPort(target: Secret, port: number): Secret {
  const url = new URL(target.reveal());
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return new Secret(url.href);
}

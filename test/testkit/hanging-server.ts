import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP server that accepts and never answers. */
export interface HangingServer extends AsyncDisposable {
  readonly port: number;
  /** How many connections it holds now. */
  readonly connections: number;
  stop(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function hangingServer(): Promise<HangingServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.size;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

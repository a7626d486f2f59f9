import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';

/** A server under probe; counts what it still holds, so that a leaked connection shows. */
export interface TargetServer extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** Bytes written to whoever connected. */
  readonly bytesSent: number;
}

/** Speaks raw TCP: `talk` gets each connection. */
export async function tcpTarget(talk: (socket: Socket) => void, host = '127.0.0.1'): Promise<TargetServer> {
  // Without a reader a socket would never notice that the other side has gone.
  return await listening(
    createTcpServer((socket) => {
      talk(socket);
      socket.resume();
    }),
    host,
  );
}

/** Speaks TLS: `talk` gets each connection once its handshake is done. */
export async function tlsTarget(
  options: TlsOptions,
  talk: (socket: TLSSocket) => void = () => undefined,
): Promise<TargetServer> {
  const server = createTlsServer(options, (socket) => {
    talk(socket);
    socket.on('error', () => undefined).resume();
  });
  server.on('tlsClientError', () => undefined);
  return await listening(server);
}

/** Speaks HTTP. */
export async function httpTarget(answer: RequestListener): Promise<TargetServer> {
  return await listening(createHttpServer(answer));
}

/** Speaks HTTPS. */
export async function httpsTarget(options: TlsOptions, answer: RequestListener): Promise<TargetServer> {
  return await listening(createHttpsServer(options, answer));
}

async function listening(server: Server, host = '127.0.0.1'): Promise<TargetServer> {
  const sockets = new Set<Socket>();
  let bytesOfClosed = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      bytesOfClosed += socket.bytesWritten;
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.size;
    },
    get bytesSent() {
      return [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, bytesOfClosed);
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

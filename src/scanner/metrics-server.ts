import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScannerMetrics } from './metrics.ts';

/** Serves `/metrics`, and nothing else, to whoever can reach the address. */
export async function serveMetrics(
  metrics: ScannerMetrics,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((request, response) => void answer(metrics, request, response));
  server.listen(port, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: async () => await close(server) };
}

async function answer(metrics: ScannerMetrics, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url !== '/metrics' || request.method !== 'GET') {
    response.writeHead(404).end();
    return;
  }
  const { contentType, text } = await metrics.read(request.headers.accept);
  response.writeHead(200, { 'content-type': contentType }).end(text);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

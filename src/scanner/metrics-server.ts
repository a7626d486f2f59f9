import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScannerMetrics } from './metrics.ts';

/** Serves `/metrics` on the loopback address alone. */
export async function serveMetrics(
  metrics: ScannerMetrics,
  port: number,
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((request, response) => void answer(metrics, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: async () => await close(server) };
}

async function answer(metrics: ScannerMetrics, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url !== '/metrics' || request.method !== 'GET') {
    response.writeHead(404).end();
    return;
  }
  const text = await metrics.registry.metrics();
  response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

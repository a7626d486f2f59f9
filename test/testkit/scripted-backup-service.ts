import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call that came. */
export interface BackupCall {
  /** Such as `POST /api/bundles`, without the query. */
  readonly call: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

type Script = (call: BackupCall, response: ServerResponse) => void;

/** What a backup service answers, said by a test: for answers that the real one gives only in rare hours. */
export interface ScriptedBackupService extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly BackupCall[];
  /** How many connections it holds now. */
  readonly connections: number;
  on(call: string, script: Script): void;
  /** Answers that call with JSON. */
  answer(call: string, status: number, body?: unknown): void;
  /** Closes its port, as when it is stopped. */
  stop(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. What no script answers is not found. */
export async function scriptedBackupService(): Promise<ScriptedBackupService> {
  const scripts = new Map<string, Script>();
  const calls: BackupCall[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://service');
      const call: BackupCall = {
        call: `${request.method} ${pathname}`,
        query: search,
        authorization: request.headers.authorization,
        headers: request.headers,
        body: await bodyOf(request),
      };
      calls.push(call);
      const script = scripts.get(call.call);
      if (script === undefined) response.writeHead(404).end();
      else script(call, response);
    })();
  });
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('close', () => (connections -= 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    get connections() {
      return connections;
    },
    on: (call, script) => void scripts.set(call, script),
    answer: (call, status, body) =>
      void scripts.set(call, (_, response) => {
        const type = status >= 400 ? 'application/problem+json' : 'application/json';
        response.writeHead(status, { 'content-type': type }).end(body === undefined ? '' : JSON.stringify(body));
      }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

export type CallName = 'enrol' | 'heartbeat' | 'lease' | 'result';

export interface ReceivedCall {
  readonly name: CallName;
  readonly path: string;
  readonly bearer: string;
  readonly encoding: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the manager says; `hold` keeps the call open until the manager is told otherwise or ends. */
export interface ScriptedReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
  readonly hold?: true;
}

/** A manager that follows a script, for the sake of the answers that a real one gives seldom. */
export interface ScriptedManager extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly ReceivedCall[];
  /** Calls of one kind so far. */
  received(name: CallName): readonly ReceivedCall[];
  /** The next answers to a kind of call, each for one call; then the usual answer again. */
  next(name: CallName, ...replies: readonly ScriptedReply[]): void;
  /** The answer from now on. */
  always(name: CallName, reply: ScriptedReply | ((call: ReceivedCall) => ScriptedReply)): void;
  /** How many connections are open: none once a scanner is gone and all that it sent has been read. */
  connections(): Promise<number>;
  /** Lets go of the lease calls that are held open: 204. */
  releaseHeld(): void;
}

export const scriptedWindow = { min: 1, max: 2 };

/** Answers like a manager that has nothing to do; every answer can be scripted. */
export async function scriptedManager(): Promise<ScriptedManager> {
  const calls: ReceivedCall[] = [];
  const queues: Record<CallName, ScriptedReply[]> = { enrol: [], heartbeat: [], lease: [], result: [] };
  const usual: Record<CallName, (call: ReceivedCall) => ScriptedReply> = {
    enrol: () => ({ status: 201, body: { scannerId: randomUUID(), credential: 'pls_first', ...standing() } }),
    heartbeat: () => ({ body: heartbeatAnswer() }),
    lease: () => ({ hold: true }),
    result: () => ({ status: 204 }),
  };
  const held = new Set<ServerResponse>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await read(request).catch(() => undefined);
    if (call === undefined) return; // Whoever called was killed in the middle of it.
    calls.push(call);
    const reply = queues[call.name].shift() ?? usual[call.name](call);
    if (reply.hold !== true) return send(response, reply);
    held.add(response);
    response.on('close', () => held.delete(response));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    received: (name) => calls.filter((call) => call.name === name),
    next: (name, ...replies) => queues[name].push(...replies),
    always: (name, reply) => (usual[name] = typeof reply === 'function' ? reply : () => reply),
    connections: async () => await promisify(server.getConnections.bind(server))(),
    releaseHeld: () => {
      for (const response of held) send(response, { status: 204 });
      held.clear();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What a heartbeat is answered, with some of it replaced. */
export function heartbeatAnswer(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { ...standing(), nextHeartbeatSeconds: 60, cancel: [], serverTime: new Date().toISOString(), ...changes };
}

/** A problem document. */
export function problem(status: number, code: string, headers: Readonly<Record<string, string>> = {}): ScriptedReply {
  return { status, headers, body: { type: 'about:blank', title: code, status, code, detail: `it is ${code}` } };
}

function standing() {
  return { window: scriptedWindow, inWindow: true };
}

function send(response: ServerResponse, { status = 200, headers = {}, body, text }: ScriptedReply): void {
  const content = text ?? (body === undefined ? '' : JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(content);
}

async function read(request: IncomingMessage): Promise<ReceivedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = request.url ?? '';
  const encoding = request.headers['content-encoding'];
  const raw = Buffer.concat(chunks);
  const body = (encoding === 'gzip' ? gunzipSync(raw) : raw).toString('utf8');
  return {
    name: path.includes('/jobs/') ? 'result' : (path.split('/').at(-1) as CallName),
    path,
    bearer: (request.headers.authorization ?? '').replace(/^Bearer /, ''),
    encoding,
    body: JSON.parse(body) as Record<string, unknown>,
  };
}

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import {
  enrolRequestSchema,
  heartbeatRequestSchema,
  leaseRequestSchema,
  resultRequestSchema,
  type HeartbeatRequest,
  type Job,
  type LeaseRequest,
  type ResultRequest,
} from '../../src/contract/index.ts';

/** One call that a scanner made. */
export interface SeenCall {
  readonly kind: 'enrol' | 'heartbeat' | 'lease' | 'result';
  readonly bearer: string;
  readonly jobId: string | undefined;
  readonly body: unknown;
}

/** What the manager answers, instead of what it would by itself. `hang up`: the connection breaks without an answer. */
export type Scripted =
  | { readonly status: number; readonly body?: object; readonly headers?: Readonly<Record<string, string>> }
  | 'hang up';

/** A manager that does as a test says and takes note of all that a scanner does. */
export interface ScriptedManager extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly calls: readonly SeenCall[];
  /** What was wrong with the calls so far: a body of another shape, a bearer that is not known, a path that is none. */
  readonly faults: readonly string[];
  /** Answers the next calls of this kind so, one after the other. */
  script(kind: SeenCall['kind'], ...answers: readonly Scripted[]): void;
  /** The next lease call gets these jobs. */
  offer(...jobs: readonly Job[]): void;
  /** Heartbeats answer with these fields beside the usual ones. */
  setHeartbeat(fields: object): void;
  heartbeats(): readonly HeartbeatRequest[];
  leases(): readonly LeaseRequest[];
  results(): readonly (ResultRequest & { readonly jobId: string })[];
}

const window = { min: 1, max: 2 };
const shapes = {
  enrol: enrolRequestSchema,
  heartbeat: heartbeatRequestSchema,
  lease: leaseRequestSchema,
  result: resultRequestSchema,
} as const;

/** Starts one on a free port. Unknown fields are in all its answers: a scanner has to ignore them. */
export async function startScriptedManager(): Promise<ScriptedManager> {
  const token = 'ple_conformance-token-conformance-token-conform';
  const credentials = new Set<string>();
  const calls: SeenCall[] = [];
  const faults: string[] = [];
  const scripted = new Map<string, Scripted[]>();
  const offered: Job[][] = [];
  let heartbeatFields: { newCredential?: string } = {};

  function usual(call: SeenCall): Exclude<Scripted, 'hang up'> {
    const standing = { window, inWindow: true, unheardOf: 1 };
    if (call.kind === 'enrol') {
      const credential = `pls_${randomUUID()}`;
      credentials.add(credential);
      return { status: 201, body: { ...standing, scannerId: randomUUID(), credential } };
    }
    if (call.kind === 'heartbeat') {
      const serverTime = new Date().toISOString();
      const body = { ...standing, nextHeartbeatSeconds: 0.3, cancel: [], serverTime, ...heartbeatFields };
      if (heartbeatFields.newCredential !== undefined) credentials.add(heartbeatFields.newCredential);
      return { status: 200, body };
    }
    const jobs = call.kind === 'lease' ? offered.shift() : undefined;
    return jobs === undefined ? { status: 204 } : { status: 200, body: { jobs, unheardOf: 1 } };
  }

  function judge(call: SeenCall, request: IncomingMessage): void {
    const parsed = shapes[call.kind].safeParse(call.body);
    if (!parsed.success) faults.push(`${call.kind}: ${parsed.error.message}`);
    if (request.method !== 'POST') faults.push(`${call.kind}: ${request.method ?? ''} in place of POST`);
    const known = call.kind === 'enrol' ? call.bearer === token : credentials.has(call.bearer);
    if (!known) faults.push(`${call.kind}: the bearer is not known`);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request);
    if (call === undefined) {
      faults.push(`${request.url ?? ''} is no call of the protocol`);
      response.writeHead(404).end();
      return;
    }
    judge(call, request);
    calls.push(call);
    const next = scripted.get(call.kind)?.shift() ?? usual(call);
    if (next === 'hang up') {
      request.socket.destroy();
      return;
    }
    // A little of the long poll, so that a scanner which asks again at once does not spin.
    if (call.kind === 'lease' && next.status === 204) await new Promise((resolve) => setTimeout(resolve, 100));
    const type = next.status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(next.status, next.body === undefined ? next.headers : { 'content-type': type, ...next.headers });
    response.end(next.body === undefined ? undefined : JSON.stringify(next.body));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      faults.push(`a call could not be read: ${String(error)}`);
      response.writeHead(400).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bodies = <T>(kind: SeenCall['kind']): T[] =>
    calls.filter((call) => call.kind === kind).map(({ body }) => body as T);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    calls,
    faults,
    script: (kind, ...answers) => {
      scripted.set(kind, [...(scripted.get(kind) ?? []), ...answers]);
    },
    offer: (...jobs) => {
      offered.push([...jobs]);
    },
    setHeartbeat: (fields) => {
      heartbeatFields = fields;
    },
    heartbeats: () => bodies<HeartbeatRequest>('heartbeat'),
    leases: () => bodies<LeaseRequest>('lease'),
    results: () =>
      calls
        .filter(({ kind }) => kind === 'result')
        .map(({ body, jobId = '' }) => Object.assign({ jobId }, body as ResultRequest)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readCall(request: IncomingMessage): Promise<SeenCall | undefined> {
  const match = /^\/scanner\/v1\/(?:(enrol|heartbeat|lease)|jobs\/([0-9a-f-]{36})\/(result))$/.exec(request.url ?? '');
  const kind = (match?.[1] ?? match?.[3]) as SeenCall['kind'] | undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (kind === undefined) return undefined;
  const raw = Buffer.concat(chunks);
  const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
  const bearer = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  return { kind, bearer, jobId: match?.[2], body: JSON.parse(text.toString('utf8')) };
}

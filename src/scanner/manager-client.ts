import { z } from 'zod';
import { messageOf, traced, traceHeaders, type Secret } from '../base/index.ts';
import {
  enrolAnswerSchema,
  heartbeatAnswerSchema,
  scannerPaths,
  type EnrolAnswer,
  type EnrolRequest,
  type HeartbeatAnswer,
  type HeartbeatRequest,
  type LeaseRequest,
} from '../contract/index.ts';
import { judgeRefusal, type Answer, type Reply } from './answer.ts';

const callTimeoutMs = 30_000;
const largestAnswerBytes = 8_388_608;

/** Jobs as they came; each is read on its own, so that one that is not understood does not cost the others. */
const leaseAnswerSchema = z.object({ jobs: z.array(z.unknown()) });

/** A result ready to travel. */
export interface EncodedResult {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

interface Call {
  readonly path: string;
  readonly bearer: Secret;
  readonly body: Uint8Array<ArrayBuffer> | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** The four calls of the wire protocol, over connections that are kept. Never rejects: each call ends in an Answer. */
export class ManagerClient {
  readonly #url: string;
  readonly #userAgent: string;
  readonly #onAnswer: (call: string, kind: string) => void;

  constructor(options: { url: string; userAgent: string; onAnswer?: (call: string, kind: string) => void }) {
    this.#url = options.url.replace(/\/+$/, '');
    this.#userAgent = options.userAgent;
    this.#onAnswer = options.onAnswer ?? (() => undefined);
  }

  async enrol(token: Secret, request: EnrolRequest, signal: AbortSignal): Promise<Answer<EnrolAnswer>> {
    const call = { path: scannerPaths.enrol, bearer: token, body: JSON.stringify(request), signal };
    return this.#count('enrol', await this.#call(call, enrolAnswerSchema));
  }

  async heartbeat(
    credential: Secret,
    request: HeartbeatRequest,
    signal: AbortSignal,
  ): Promise<Answer<HeartbeatAnswer>> {
    const call = { path: scannerPaths.heartbeat, bearer: credential, body: JSON.stringify(request), signal };
    return this.#count('heartbeat', await this.#call(call, heartbeatAnswerSchema));
  }

  /** No jobs: nothing to do yet. */
  async lease(
    credential: Secret,
    request: LeaseRequest,
    signal: AbortSignal,
  ): Promise<Answer<{ jobs: readonly unknown[] }>> {
    const timeoutMs = request.waitSeconds * 1000 + callTimeoutMs;
    const call = { path: scannerPaths.lease, bearer: credential, body: JSON.stringify(request), signal, timeoutMs };
    return this.#count('lease', await this.#call(call, leaseAnswerSchema.default({ jobs: [] })));
  }

  async result(
    credential: Secret,
    jobId: string,
    result: EncodedResult,
    signal: AbortSignal,
  ): Promise<Answer<unknown>> {
    const call = { path: scannerPaths.result(jobId), bearer: credential, signal, ...result };
    return this.#count('result', await this.#call(call, z.unknown()));
  }

  #count<T>(call: string, answer: Answer<T>): Answer<T> {
    this.#onAnswer(call, answer.kind);
    return answer;
  }

  async #call<T>(call: Call, schema: z.ZodType<T>): Promise<Answer<T>> {
    let reply: Reply;
    try {
      reply = await this.#exchange(call);
    } catch (error) {
      return { kind: 'unreachable', message: reasonOf(error) };
    }
    if (reply.status < 200 || reply.status > 299) return judgeRefusal(reply);
    const parsed = schema.safeParse(reply.body);
    if (parsed.success) return { kind: 'ok', value: parsed.data };
    return { kind: 'unreachable', message: `an answer of another shape: ${z.prettifyError(parsed.error)}` };
  }

  async #exchange(call: Call): Promise<Reply> {
    const attributes = { 'http.request.method': 'POST', 'url.path': call.path };
    return await traced(
      () => ({ name: `POST ${call.path.replace(/[0-9a-f-]{36}/, ':id')}`, kind: 'client', attributes }),
      async (span) => {
        const reply = await this.#send(call);
        span?.set('http.response.status_code', reply.status);
        return reply;
      },
    );
  }

  async #send(call: Call): Promise<Reply> {
    const response = await fetch(`${this.#url}${call.path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': this.#userAgent,
        ...traceHeaders(),
        ...call.headers,
        authorization: `Bearer ${call.bearer.reveal()}`,
      },
      body: call.body,
      // A redirect would carry the credential to somebody else.
      redirect: 'manual',
      signal: AbortSignal.any([call.signal, AbortSignal.timeout(call.timeoutMs ?? callTimeoutMs)]),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      date: response.headers.get('date'),
      body: parseJson(await readBounded(response)),
    };
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > largestAnswerBytes) throw new Error(`an answer of more than ${largestAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch says `fetch failed` and keeps the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error) || error.cause === undefined) return messageOf(error);
  if (error.cause instanceof AggregateError) return messageOf(error.cause.errors[0]);
  return messageOf(error.cause);
}

import type { Problem } from '../../src/contract/index.ts';

const timeoutMs = 5000;

/** The manager answered with a problem document. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** The manager did not answer, or something else answered in its place. */
export class UnreachableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreachableError';
  }
}

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** One call to the manager. Gives 2xx and 304 answers; throws ProblemError or UnreachableError for all else. */
export async function request(path: string, init: Call = {}): Promise<Response> {
  const response = await send(path, init);
  if (response.ok || response.status === 304) return response;
  throw await readProblem(response);
}

/** One call that carries JSON. */
export async function sendJson(method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown): Promise<Response> {
  return await request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/** The answer's JSON; an HTML page in its place (a proxy's, say) counts as not reached. */
export async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new UnreachableError('something that is not Plimsoll answered in its place', { cause });
  }
}

async function send(path: string, init: Call): Promise<Response> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
  try {
    return await fetch(path, { ...init, signal, headers: { accept: 'application/json', ...init.headers } });
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    const why = deadline.aborted ? `it did not answer within ${timeoutMs / 1000} s` : 'the connection failed';
    throw new UnreachableError(why, { cause });
  }
}

async function readProblem(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return new ProblemError(body);
  return new UnreachableError(`it answered ${response.status} without saying why`);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../base/index.ts';
import { codeOf } from '../postgres/index.ts';
import { httpError, type httpErrorTable } from './errors.ts';
import { problemOf } from './problem.ts';

const unavailableRetrySeconds = 5;

/** Answers every error of the application as a problem document, and logs once what is the program's own fault. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
}

/** Sends one error as a problem document; anything that is not an AppError is told as `internal` and nothing more. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known =
    error instanceof AppError ? error : (fromFastify(error) ?? internal(error, request.server.wording.program));
  logFault(known, request);
  const retryAfter = retryAfterOf(known);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  if (known.httpStatus === 401) reply.header('www-authenticate', 'Bearer realm="plimsoll"');
  return reply
    .code(known.httpStatus)
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(
      JSON.stringify(
        problemOf(known, { requestId: request.id, migratorCommand: request.server.wording.migratorCommand }),
      ),
    );
}

/** What the error says itself; otherwise a 503 is worth another try once the next readings are in. */
function retryAfterOf({ httpStatus, details }: AppError): number | undefined {
  const told = details['retryAfterSeconds'];
  if (typeof told === 'number') return told;
  return httpStatus === 503 ? unavailableRetrySeconds : undefined;
}

function logFault(error: AppError, request: FastifyRequest): void {
  const facts = { code: error.code, method: request.method, route: request.routeOptions.url };
  if (error.code === 'internal') request.log.error({ ...facts, err: error.cause }, 'a request failed');
  // A closed gate or a wrong password is an answer like any other; a cause is what went wrong behind it.
  else if (error.httpStatus >= 500 && error.cause !== undefined)
    request.log.warn({ ...facts, err: error.cause }, error.message);
  else request.log.debug(facts, error.message);
}

interface Known {
  readonly code: keyof typeof httpErrorTable;
  readonly message: string;
  readonly hint: string;
}

const malformedBody: Known = {
  code: 'body_malformed',
  message: 'the request body is not valid JSON',
  hint: 'Send a JSON object, or no `Content-Type` when there is no body.',
};

const byFastifyCode: Readonly<Record<string, Known>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: { ...malformedBody, message: 'the request body is empty, expected JSON' },
  FST_ERR_CTP_INVALID_JSON_BODY: malformedBody,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { ...malformedBody, message: 'the body is not as long as Content-Length says' },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'body_too_large',
    message: 'the request body is larger than this call takes',
    hint: 'Send less; no call of this API needs more than 64 KiB.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'media_type_unsupported',
    message: 'the media type of the request body is not supported, expected application/json',
    hint: 'Send JSON with `Content-Type: application/json`.',
  },
};

const malformedRequest: Known = {
  code: 'request_malformed',
  message: 'the request is not well-formed',
  hint: 'Check the URL and the headers of the request.',
};

/** Names what Fastify refuses by itself; undefined for anything that is not the caller's doing. */
function fromFastify(error: unknown): AppError | undefined {
  const code = codeOf(error);
  const status = statusOf(error);
  if (code === undefined && !(error instanceof SyntaxError && status === 400)) return undefined;
  const known = byFastifyCode[code ?? ''] ?? (error instanceof SyntaxError ? malformedBody : undefined);
  if (known !== undefined) return httpError(known.code, { ...known, cause: error });
  if (status === undefined || status < 400 || status >= 500) return undefined;
  return httpError('request_malformed', { ...malformedRequest, cause: error });
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function internal(cause: unknown, program: string): AppError {
  return httpError('internal', {
    message: `the ${program} could not answer because of a fault of its own`,
    hint: `Look for this request id in the log of the ${program}, and report what it says.`,
    cause,
  });
}

/** Answers what is so malformed that it never becomes a request. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(httpError('request_malformed', malformedRequest), {
    requestId: 'none',
    migratorCommand: '',
  });
  const status = statusByClientCode[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ ...problem, status });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const statusByClientCode: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

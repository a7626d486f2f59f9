import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import { answerClientError, answerError, answerErrors } from './answer-errors.ts';
import { addSecurityHeaders } from './headers.ts';
import { requestIdOf } from './request-id.ts';
import type { Wording } from './route.ts';
import { dropSilentConnections } from './silent-connections.ts';
import { traceRequests } from './tracing.ts';
import { zodCompiler } from './validation.ts';

export interface HttpServerOptions {
  readonly log: FastifyBaseLogger;
  readonly wording: Wording;
  /** Addresses or networks whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
}

const bodyLimitBytes = 64 * 1024;
const requestTimeoutMs = 30_000;

/**
 * The HTTP server that every program of the product begins with: limits, request ids, security headers, inputs checked
 * with zod, every error a problem document, and an end that waits for nobody who asked nothing.
 */
export async function createHttpServer({ log, wording, trustedProxies }: HttpServerOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    forceCloseConnections: 'idle',
    // While draining, requests under way on open connections are still answered, and the connection then closed.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
  });
  app.setValidatorCompiler(zodCompiler);
  // JSON is all the APIs take; a text/plain body is also what another site's form could send.
  app.removeContentTypeParser('text/plain');
  app.decorate('wording', wording);
  traceRequests(app);
  dropSilentConnections(app);
  await addSecurityHeaders(app);
  answerErrors(app);
  return app;
}

/** What was asked and how it was answered. */
export interface RequestFacts {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Tells of every answered request, and logs it: changes at info, routine at debug; what failed has a line of its own. */
export function observeRequests(
  app: FastifyInstance,
  observe: (facts: RequestFacts) => void,
  isRoutine: (request: FastifyRequest) => boolean,
): void {
  app.addHook('onResponse', (request, reply, done) => {
    const facts: RequestFacts = {
      method: request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    };
    observe(facts);
    request.log[isRoutine(request) ? 'debug' : 'info'](facts, 'answered');
    done();
  });
}

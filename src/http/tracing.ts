import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isTracing, openSpan, type Span } from '../base/index.ts';

/** Makes a span of each request, a part of the caller's trace if it names one; nothing at all while nothing is traced. */
export function traceRequests(app: FastifyInstance): void {
  if (!isTracing()) return;
  const spans = new WeakMap<FastifyRequest, Span>();
  const within = (request: FastifyRequest, done: () => void): void => {
    const span = spans.get(request);
    if (span === undefined) done();
    else span.within(done);
  };
  app.addHook('onRequest', (request, _reply, done) => {
    const span = begin(request);
    if (span !== undefined) spans.set(request, span);
    within(request, done);
  });
  // Reading a body comes back from the connection, which belongs to no request.
  app.addHook('preValidation', (request, _reply, done) => within(request, done));
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.set('http.response.status_code', reply.statusCode);
    span?.end(reply.statusCode >= 500 ? new Error(String(reply.statusCode)) : undefined);
    within(request, done);
  });
  app.addHook('onRequestAbort', (request, done) => {
    spans.get(request)?.set('plimsoll.aborted', true);
    done();
  });
}

/** Those who look after the program ask every few seconds, and are of no interest. */
function begin(request: FastifyRequest): Span | undefined {
  const { url: route = 'unmatched', config } = request.routeOptions;
  if (config.facts?.tag === 'health') return undefined;
  const parent = request.headers['traceparent'];
  return openSpan({
    name: `${request.method} ${route}`,
    kind: 'server',
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      'plimsoll.request_id': request.id,
    },
    parent: typeof parent === 'string' ? parent : undefined,
  });
}

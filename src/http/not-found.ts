import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '../base/index.ts';
import { answerError } from './answer-errors.ts';
import { httpError } from './errors.ts';
import type { ListedRoute } from './route-list.ts';

/** Tells a path that does not exist (404) from one that exists but not with this method (405, with `allow`). */
function missError(routes: readonly ListedRoute[], method: string, path: string): AppError {
  const allowed = routes.filter((route) => route.pattern.test(path)).map((route) => route.method);
  if (allowed.length === 0)
    return httpError('not_found', {
      message: `nothing is served at ${JSON.stringify(path.slice(0, 200))}`,
      hint: 'Look the path up in GET /api/openapi.json.',
    });
  const allow = [...new Set(allowed.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])))].sort();
  return httpError('method_not_allowed', {
    message: `${path.slice(0, 200)} does not take ${method}, expected ${allow.join(', ')}`,
    hint: 'Look the call up in GET /api/openapi.json.',
    details: { allow },
  });
}

/** The path of a request without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** Answers what no route takes: as `servePage` does if it takes the request, else 404, or 405 when only the method is wrong. */
export function answerMisses(
  app: FastifyInstance,
  routes: readonly ListedRoute[],
  servePage: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined = () => undefined,
): void {
  app.setNotFoundHandler((request, reply) => {
    const error = missError(routes, request.method, pathOf(request.url));
    const page = error.code === 'not_found' ? servePage(request, reply) : undefined;
    if (page !== undefined) return page;
    const allow = error.details['allow'];
    if (Array.isArray(allow)) reply.header('allow', allow.join(', '));
    return answerError(error, request, reply);
  });
}

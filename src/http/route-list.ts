import type { FastifyInstance, RouteOptions } from 'fastify';
import type { z } from 'zod';
import type { ErrorTable } from '../base/index.ts';
import type { RouteFacts } from './route.ts';

/** One route of the API as it was registered. */
export interface ListedRoute {
  readonly method: string;
  /** As in OpenAPI: `/api/help/{page}`. */
  readonly path: string;
  readonly pattern: RegExp;
  readonly facts: RouteFacts;
  readonly body: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly params: z.ZodType | undefined;
}

/**
 * Collects every route that this scope registers from now on. One that does not say who may call it, or names a problem
 * that is not among the codes, stops the start.
 */
export function listRoutes(app: FastifyInstance, codes: ErrorTable): readonly ListedRoute[] {
  const routes: ListedRoute[] = [];
  app.addHook('onRoute', (route) => {
    const facts = route.config?.facts;
    if (facts === undefined)
      throw new TypeError(`route ${String(route.method)} ${route.url} does not say who may call it`);
    const stranger = facts.problems?.find((code) => !Object.hasOwn(codes, code));
    if (stranger !== undefined)
      throw new TypeError(`route ${route.url} names the problem ${stranger}, which has no code`);
    for (const method of [route.method].flat()) if (method !== 'HEAD') routes.push(listed(method, route, facts));
  });
  return routes;
}

function listed(method: string, route: RouteOptions, facts: RouteFacts): ListedRoute {
  const schema = (route.schema ?? {}) as { body?: z.ZodType; querystring?: z.ZodType; params?: z.ZodType };
  return {
    method,
    path: route.url.replaceAll(/:(\w+)/g, '{$1}'),
    pattern: new RegExp(`^${route.url.replaceAll(/[.]/g, '\\.').replaceAll(/:(\w+)/g, '[^/]+')}$`),
    facts,
    body: schema.body,
    query: schema.querystring,
    params: schema.params,
  };
}

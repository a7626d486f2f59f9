import secureSession from '@fastify/secure-session';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Service } from '../base/index.ts';
import { enforceAccess, enforceGate, refuseCrossSite } from './http/access.ts';
import { answerClientError, answerError, answerErrors } from './http/answer-errors.ts';
import { isSafeMethod } from './http/cross-site.ts';
import { addSecurityHeaders } from './http/headers.ts';
import { missError, pathOf } from './http/not-found.ts';
import { openapiOf } from './http/openapi.ts';
import { requestIdOf } from './http/request-id.ts';
import { listRoutes, type ListedRoute } from './http/route-list.ts';
import { zodCompiler } from './http/validation.ts';
import { healthRoutes } from './health/routes.ts';
import { errorCodesRoute } from './help/error-codes.ts';
import { helpRoutes } from './help/routes.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { releaseRoutes } from './release/routes.ts';
import { scannerRoutes } from './scanner-api/routes.ts';
import { scannerAdminRoutes } from './scanners/routes.ts';
import { enrolmentTokenRoutes } from './scanners/tokens.ts';
import { findingRoutes } from './scans/findings.ts';
import { scanRoutes } from './scans/routes.ts';
import { scheduleRoutes } from './scans/schedules.ts';
import { createAuditTrail, type AuditTrail } from './session/audit-trail.ts';
import { createDirectory, type Directory } from './session/directory.ts';
import { ensureFirstUser } from './session/first-user.ts';
import { createIdentify } from './session/identify.ts';
import { createKeeper } from './session/keeper.ts';
import { createLimiter } from './session/limiter.ts';
import { sessionRoutes } from './session/routes.ts';
import { fingerprintOf, sessionLifetimeMs } from './session/sealed.ts';
import { createSignIn } from './session/sign-in.ts';
import { dropSilentConnections } from './silent-connections.ts';
import type { ManagerDeps } from './types.ts';
import { serveWeb } from './web/files.ts';

/** The HTTP application and the background work that belongs to it. */
export interface ManagerApp extends Service {
  readonly app: FastifyInstance;
  /** Every route of the API, as registered. */
  readonly routes: readonly ListedRoute[];
}

interface Parts extends ManagerDeps {
  readonly directory: Directory;
  readonly audit: AuditTrail;
  readonly metrics: Metrics;
  readonly recovery: string | undefined;
  readonly makeReady: () => Promise<void>;
}

const bodyLimitBytes = 64 * 1024;
const requestTimeoutMs = 30_000;
const refreshMs = 3000;

/** Puts the application together, ready to listen. Nothing here waits for a database. */
export async function createManagerApp(deps: ManagerDeps): Promise<ManagerApp> {
  const directory = createDirectory(deps);
  const audit = createAuditTrail(deps);
  const metrics = createMetrics({
    posture: deps.posture,
    fleet: deps.fleet,
    auditWaiting: () => audit.waiting(),
    directoryReadAt: () => directory.reading()?.readAt ?? null,
  });
  const recovery = deps.recoveryToken === undefined ? undefined : fingerprintOf(deps.recoveryToken);
  const keeper = createKeeper({
    directory,
    audit,
    ensureFirstUser: async () => await ensureFirstUser(deps),
    intervalMs: refreshMs,
  });
  const makeReady = async (): Promise<void> => {
    await keeper.round();
  };
  const parts: Parts = { ...deps, directory, audit, metrics, recovery, makeReady };
  const app = createServer(deps);
  dropSilentConnections(app);
  await addSecurityHeaders(app);
  await addSessions(app, deps);
  observeRequests(app, metrics);
  answerErrors(app);
  const routes = await addApi(app, parts);
  await addFallback(app, deps, routes);
  await app.ready();
  return {
    app,
    routes,
    start: async () => {
      await Promise.all([keeper.start(), deps.fleet.start()]);
    },
    stop: async () => {
      // First the fleet: scanners that wait for jobs are answered, and their connections close.
      await deps.fleet.stop();
      await app.close();
      await keeper.stop();
    },
  };
}

function createServer(deps: ManagerDeps): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = deps.log;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false,
    forceCloseConnections: 'idle',
    // While draining, requests under way on open connections are still answered, and the connection then closed.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
  });
  app.setValidatorCompiler(zodCompiler);
  // JSON is all the API takes; a text/plain body is also what another site's form could send.
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('identity', null);
  app.decorate('migratorCommand', deps.posture.current().posture.app.migratorCommand);
  return app;
}

async function addSessions(app: FastifyInstance, deps: ManagerDeps): Promise<void> {
  await app.register(secureSession, {
    key: deps.sessionKeys.revealKey(),
    cookieName: deps.sessionKeys.cookieName,
    expiry: sessionLifetimeMs.password / 1000,
    // `auto`: Secure whenever the request came over TLS, directly or by the word of a trusted proxy.
    cookie: { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto' },
  });
}

/** Changes are logged at info, reads and what scanners do all day at debug; what failed has a line of its own. */
function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const facts = {
      method: request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    };
    metrics.observeRequest(facts);
    const isRoutine = isSafeMethod(request.method) || request.routeOptions.config.facts?.access === 'scanner';
    request.log[isRoutine ? 'debug' : 'info'](facts, 'answered');
    done();
  });
}

/** Every route of the API in one scope, in which access and gate are enforced and nothing may be cached. */
async function addApi(app: FastifyInstance, parts: Parts): Promise<readonly ListedRoute[]> {
  const tokenQuestions = createLimiter({ burst: 20, windowMs: 60_000, clock: parts.clock });
  const identify = createIdentify({ ...parts, tokenQuestions });
  let routes: readonly ListedRoute[] = [];
  await app.register(async (api) => {
    routes = listRoutes(api);
    api.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const facts = request.routeOptions.config.facts;
      if (facts === undefined) return;
      refuseCrossSite(request);
      await enforceAccess(request, facts.access, identify);
      if (facts.gated !== undefined) enforceGate(parts.gate, facts.gated);
    });
    sessionRoutes(api, { ...parts, signIn: createSignIn(parts) });
    healthRoutes(api, parts);
    releaseRoutes(api, parts.posture);
    helpRoutes(api, parts.help);
    errorCodesRoute(api, parts.errorCodesPath);
    scanRoutes(api, parts);
    scheduleRoutes(api, parts);
    findingRoutes(api, parts.fleet.scans, parts.clock);
    scannerRoutes(api, parts.fleet);
    scannerAdminRoutes(api, parts);
    enrolmentTokenRoutes(api, parts);
    openapiRoute(api, routes, parts);
    await Promise.resolve();
  });
  return routes;
}

function openapiRoute(api: FastifyInstance, routes: readonly ListedRoute[], { posture, sessionKeys }: Parts): void {
  let text: string | undefined;
  api.route({
    method: 'GET',
    url: '/api/openapi.json',
    config: {
      facts: {
        access: 'public',
        tag: 'help',
        summary: 'This description of the API, in OpenAPI 3.1.',
        responses: { 200: { description: 'The document.', mediaType: 'application/json' } },
      },
    },
    handler: (_request, reply) => {
      const version = posture.current().posture.app.version;
      text ??= JSON.stringify(openapiOf(routes, version, sessionKeys.cookieName));
      return reply.type('application/json; charset=utf-8').send(text);
    },
  });
}

/** What no route takes: a page of the web app, or 404, or 405 when only the method is wrong. */
async function addFallback(app: FastifyInstance, deps: ManagerDeps, routes: readonly ListedRoute[]): Promise<void> {
  const sendPage = await serveWeb(app, deps.webDirectory);
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const error = missError(routes, request.method, path);
    if (error.code === 'not_found') {
      const page = sendPage(request, reply);
      if (page !== undefined) return page;
    }
    const allow = error.details['allow'];
    if (Array.isArray(allow)) reply.header('allow', allow.join(', '));
    return answerError(error, request, reply);
  });
}

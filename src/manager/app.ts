import secureSession from '@fastify/secure-session';
import type { FastifyInstance } from 'fastify';
import type { Service } from '../base/index.ts';
import {
  answerMisses,
  createHttpServer,
  listRoutes,
  observeRequests,
  openapiRoute,
  type ListedRoute,
} from '../http/index.ts';
import { enforceAccess, enforceGate, refuseCrossSite } from './http/access.ts';
import { isSafeMethod } from './http/cross-site.ts';
import { createFirstReading, type FirstReading } from './http/first-reading.ts';
import { describeApi } from './http/openapi.ts';
import { problemCodes } from './http/problem-codes.ts';
import { auditRoute } from './audit/routes.ts';
import { backupRoutes } from './backups/routes.ts';
import { databaseRoutes } from './databases/routes.ts';
import { healthRoutes } from './health/routes.ts';
import { errorCodesRoute } from './help/error-codes.ts';
import { helpRoutes } from './help/routes.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { createOidcProvider } from './oidc/provider.ts';
import { oidcFlowSeconds, oidcPath, oidcRoutes, type OidcRoutesDeps } from './oidc/routes.ts';
import { evidenceRoute } from './release/evidence.ts';
import { historyRoutes } from './release/history.ts';
import { releaseRoutes } from './release/routes.ts';
import { scannerRoutes } from './scanner-api/routes.ts';
import { admitFirstToken } from './scanners/first-token.ts';
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
import { createTokenUse, type TokenUse } from './session/token-use.ts';
import { settingsRoute } from './settings/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';
import type { ManagerDeps } from './types.ts';
import { userRoutes } from './users/routes.ts';
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
  readonly tokenUse: TokenUse;
  readonly metrics: Metrics;
  readonly recovery: string | undefined;
  readonly makeReady: () => Promise<void>;
  readonly firstReading: FirstReading;
}

const refreshMs = 3000;

/** Puts the application together, ready to listen. Nothing here waits for a database. */
export async function createManagerApp(deps: ManagerDeps): Promise<ManagerApp> {
  const directory = createDirectory(deps);
  const audit = createAuditTrail(deps);
  const tokenUse = createTokenUse(deps);
  const metrics = createMetrics({
    posture: deps.posture,
    fleet: deps.fleet,
    clock: deps.clock,
    notifications: deps.notifications,
    changesWaiting: () => deps.waitingChanges().length,
    auditWaiting: () => audit.waiting().length,
    directoryReadAt: () => directory.reading()?.readAt ?? null,
  });
  const recovery = deps.recoveryToken === undefined ? undefined : fingerprintOf(deps.recoveryToken);
  const keeper = createKeeper({
    directory,
    audit,
    tokenUse,
    ensureFirstUser: async () => await ensureFirstUser(deps),
    admitToken: async () => await admitFirstToken(deps),
    intervalMs: refreshMs,
  });
  const makeReady = async (): Promise<void> => {
    await keeper.round();
  };
  const firstReading = createFirstReading(deps.firstReadingMs);
  const parts: Parts = { ...deps, directory, audit, tokenUse, metrics, recovery, makeReady, firstReading };
  const app = await createServer(deps);
  await addSessions(app, deps);
  // What scanners do all day is routine, as reading is.
  observeRequests(
    app,
    (facts) => metrics.observeRequest(facts),
    ({ method, routeOptions }) => isSafeMethod(method) || routeOptions.config.facts?.access === 'scanner',
  );
  const routes = await addApi(app, parts);
  answerMisses(app, routes, await serveWeb(app, deps.webDirectory));
  await app.ready();
  return {
    app,
    routes,
    start: async () => {
      await Promise.all([keeper.start(), deps.fleet.start()]);
      const { posture, fleet } = deps;
      void firstReading.follow(Promise.all([posture.whenRead(), fleet.whenPrepared(), keeper.round()]));
    },
    stop: async () => {
      firstReading.end();
      // First the fleet: scanners that wait for jobs are answered, and their connections close.
      await deps.fleet.stop();
      await app.close();
      await keeper.stop();
    },
  };
}

async function createServer({ log, posture, trustedProxies }: ManagerDeps): Promise<FastifyInstance> {
  const { migratorCommand } = posture.current().posture.app;
  const app = await createHttpServer({ log, trustedProxies, wording: { program: 'manager', migratorCommand } });
  app.decorateRequest('identity', null);
  return app;
}

async function addSessions(app: FastifyInstance, deps: ManagerDeps): Promise<void> {
  const key = deps.sessionKeys.revealKey();
  const { cookieName } = deps.sessionKeys;
  // `auto`: Secure whenever the request came over TLS, directly or by the word of a trusted proxy.
  const cookie = { httpOnly: true, secure: 'auto' } as const;
  await app.register(secureSession, [
    {
      sessionName: 'session',
      key,
      cookieName,
      expiry: sessionLifetimeMs.password / 1000,
      cookie: { ...cookie, path: '/', sameSite: 'strict' },
    },
    {
      sessionName: 'oidcFlow',
      key,
      cookieName: `${cookieName}_oidc`,
      expiry: oidcFlowSeconds,
      cookie: { ...cookie, path: oidcPath, sameSite: 'lax', maxAge: oidcFlowSeconds },
    },
  ]);
}

function providerOf({ oidc, clock }: ManagerDeps): OidcRoutesDeps['oidc'] {
  if (oidc === undefined) return undefined;
  return { options: oidc, provider: createOidcProvider(oidc, () => clock.now().getTime()) };
}

/** Every route of the API in one scope, in which access and gate are enforced and nothing may be cached. */
async function addApi(app: FastifyInstance, parts: Parts): Promise<readonly ListedRoute[]> {
  const tokenQuestions = createLimiter({ burst: 20, windowMs: 60_000, clock: parts.clock });
  const identify = createIdentify({ ...parts, tokenQuestions });
  let routes: readonly ListedRoute[] = [];
  await app.register(async (api) => {
    routes = listRoutes(api, problemCodes);
    api.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const facts = request.routeOptions.config.facts;
      if (facts === undefined) return;
      refuseCrossSite(request);
      if (facts.access !== 'public') await parts.firstReading.over();
      await enforceAccess(request, facts.access, identify);
      if (facts.gated !== undefined) enforceGate(parts.gate, facts.gated);
    });
    sessionRoutes(api, { ...parts, signIn: createSignIn(parts) });
    oidcRoutes(api, { ...parts, oidc: providerOf(parts) });
    healthRoutes(api, parts);
    releaseRoutes(api, parts.posture);
    historyRoutes(api, parts);
    evidenceRoute(api, parts);
    backupRoutes(api, parts);
    databaseRoutes(api, parts.databases);
    helpRoutes(api, parts.help);
    errorCodesRoute(api, parts.errorCodesPath);
    scanRoutes(api, parts);
    scheduleRoutes(api, parts);
    findingRoutes(api, parts.fleet.scans, parts.clock);
    scannerRoutes(api, parts.fleet);
    scannerAdminRoutes(api, parts);
    enrolmentTokenRoutes(api, parts);
    userRoutes(api, parts);
    tokenRoutes(api, parts);
    auditRoute(api, parts);
    settingsRoute(api, parts);
    openapiRoute(api, routes, () =>
      describeApi(parts.posture.current().posture.app.version, parts.sessionKeys.cookieName),
    );
    await Promise.resolve();
  });
  return routes;
}

import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Secret } from '../../base/index.ts';
import {
  backupRunSchema,
  backupStatusSchema,
  bundleEntrySchema,
  bundleListSchema,
  latestBundleSchema,
} from '../../contract/index.ts';
import {
  answerMisses,
  createHttpServer,
  listRoutes,
  observeRequests,
  openapiRoute,
  type ApiDescription,
  type ListedRoute,
} from '../../http/index.ts';
import { backupErrorCodes } from '../error-codes.ts';
import { createServiceMetrics } from './metrics.ts';
import { bundleRoutes } from './routes/bundles.ts';
import { changeRoutes, workRoutes, type ChangeRoutesDeps } from './routes/changes.ts';
import { downloadRoutes, type DownloadRoutesDeps } from './routes/downloads.ts';
import { healthRoutes } from './routes/health.ts';
import { keyRoutes, type KeyRoutesDeps } from './routes/keys.ts';
import { runRoutes } from './routes/runs.ts';
import { statusRoutes } from './routes/status.ts';
import type { StatusSources } from './status.ts';
import { tokenCheck } from './token.ts';

/** All that the HTTP application of the service stands on. */
export interface ServiceAppDeps extends StatusSources, ChangeRoutesDeps, DownloadRoutesDeps, KeyRoutesDeps {
  readonly log: FastifyBaseLogger;
  readonly token: Secret;
  /** How the migrator is started in this deployment, for the remedies. */
  readonly migratorCommand: string;
}

/** Puts the application together, ready to listen. No call waits for a database, and none for a target that hangs. */
export async function createServiceApp(deps: ServiceAppDeps): Promise<FastifyInstance> {
  const wording = { program: 'backup service', migratorCommand: deps.migratorCommand };
  const app = await createHttpServer({ log: deps.log, trustedProxies: [], wording });
  observeRequests(
    app,
    () => undefined,
    ({ method }) => method === 'GET' || method === 'HEAD',
  );
  answerMisses(app, await addApi(app, deps));
  await app.ready();
  return app;
}

/** Every route in one scope, in which the token is asked for and nothing may be cached. */
async function addApi(app: FastifyInstance, deps: ServiceAppDeps): Promise<readonly ListedRoute[]> {
  const checkToken = tokenCheck(deps.token);
  let routes: readonly ListedRoute[] = [];
  await app.register(async (api) => {
    routes = listRoutes(api, backupErrorCodes);
    api.addHook('onRequest', (request, reply, done) => {
      reply.header('cache-control', 'no-store');
      if (request.routeOptions.config.facts?.access !== 'public') checkToken(request);
      done();
    });
    healthRoutes(api, { catalogue: deps.catalogue, metrics: createServiceMetrics(deps) });
    statusRoutes(api, deps);
    bundleRoutes(api, deps);
    workRoutes(api, deps);
    changeRoutes(api, deps);
    downloadRoutes(api, deps);
    runRoutes(api, deps.runs);
    keyRoutes(api, deps);
    openapiRoute(api, routes, () => describeApi(deps.app.version));
    await Promise.resolve();
  });
  return routes;
}

function describeApi(version: string): ApiDescription {
  return {
    title: 'Plimsoll backup service',
    description: 'The HTTP API of the backup service, for the manager, the commands and monitoring.',
    version,
    named: new Map<z.ZodType, string>([
      [latestBundleSchema, 'LatestBundle'],
      [bundleListSchema, 'BundleList'],
      [bundleEntrySchema, 'BundleEntry'],
      [backupRunSchema, 'BackupRun'],
      [backupStatusSchema, 'BackupStatus'],
    ]),
    securitySchemes: { service: { type: 'http', scheme: 'bearer', description: 'BACKUP_SERVICE_TOKEN.' } },
    securityOf: (access) => ({ security: access === 'public' ? [] : [{ service: [] }] }),
    problemsOf: (access) => (access === 'public' ? [] : ['service_token_refused']),
    codes: backupErrorCodes,
  };
}

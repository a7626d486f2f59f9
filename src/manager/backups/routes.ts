import type { FastifyInstance } from 'fastify';
import { handCommands } from '../../backups/client/index.ts';
import {
  backupDetailSchema,
  backupListSchema,
  backupParamsSchema,
  backupRunParamsSchema,
  backupRunSchema,
  backupStatusSchema,
  runEventSchema,
  type BackupParams,
  type BackupRunParams,
} from '../../contract/index.ts';
import { changeRoutes } from './changes.ts';
import { downloadRoute } from './download.ts';
import { eventRoute } from './events.ts';
import { keyRoutes } from './keys.ts';
import { restoreSteps } from './restore-steps.ts';
import { rowOf } from './row.ts';
import { ask, unheard, type BackupRouteDeps } from './service.ts';

const readers = ['admin', 'auditor'] as const;

/**
 * Admin > Backups. No route asks a database, so that all of them work while the gate is closed, in the hour in which
 * somebody wants to know where the last backup is. The backup service's token stays here.
 */
export function backupRoutes(app: FastifyInstance, deps: BackupRouteDeps): void {
  readRoutes(app, deps);
  runRoutes(app, deps);
  eventRoute(app, deps);
  changeRoutes(app, deps);
  keyRoutes(app, deps);
  downloadRoute(app, deps);
}

function readRoutes(app: FastifyInstance, deps: BackupRouteDeps): void {
  app.route({
    method: 'GET',
    url: '/api/admin/backups',
    config: {
      facts: {
        access: readers,
        tag: 'backups',
        summary: 'Lists the bundles, newest first, and what lies among them and is none.',
        responses: { 200: backupListSchema },
        problems: [...unheard, 'backup_targets_unread'],
      },
    },
    handler: async () => {
      const { bundles, broken } = await ask(deps, async (client) => await client.list());
      return { bundles: bundles.map(rowOf), broken };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/admin/backups/status',
    config: {
      facts: {
        access: readers,
        tag: 'backups',
        summary:
          'How the backup service fares: schedules, targets, keys, coverage, its current run and the newest ended ones.',
        responses: { 200: backupStatusSchema },
        problems: unheard,
      },
    },
    handler: async () => await ask(deps, async (client) => await client.status()),
  });

  app.route<{ Params: BackupParams }>({
    method: 'GET',
    url: '/api/admin/backups/:id',
    schema: { params: backupParamsSchema },
    config: {
      facts: {
        access: readers,
        tag: 'backups',
        summary: 'One bundle with its tables and its verifications, and how it is brought back.',
        responses: { 200: backupDetailSchema },
        problems: [...unheard, 'bundle_missing', 'backup_targets_unread'],
      },
    },
    handler: async ({ params: { id } }) => {
      const bundle = await ask(deps, async (client) => await client.bundle(id));
      const { migratorCommand } = deps.posture.current().posture.app;
      return { bundle, restore: restoreSteps(bundle, migratorCommand), byHand: handCommands(bundle.manifest) };
    },
  });
}

function runRoutes(app: FastifyInstance, deps: BackupRouteDeps): void {
  app.route({
    method: 'GET',
    url: '/api/admin/backups/runs/current',
    config: {
      facts: {
        access: readers,
        tag: 'backups',
        summary: 'The run that is under way, or null.',
        responses: { 200: runEventSchema },
        problems: unheard,
      },
    },
    handler: async () => ({ run: (await ask(deps, async (client) => await client.status())).current }),
  });

  app.route<{ Params: BackupRunParams }>({
    method: 'GET',
    url: '/api/admin/backups/runs/:run',
    schema: { params: backupRunParamsSchema },
    config: {
      facts: {
        access: readers,
        tag: 'backups',
        summary: 'One run, under way or ended.',
        responses: { 200: backupRunSchema },
        problems: [...unheard, 'backup_run_missing'],
      },
    },
    handler: async ({ params: { run } }) => await ask(deps, async (client) => await client.run(run)),
  });
}

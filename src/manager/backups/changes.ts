import type { FastifyInstance } from 'fastify';
import {
  backupParamsSchema,
  backupRunParamsSchema,
  backupRunSchema,
  bundleEntrySchema,
  newBackupSchema,
  pinBackupSchema,
  verifyBackupSchema,
  type BackupParams,
  type BackupRunParams,
  type NewBackup,
  type PinBackup,
  type VerifyBackup,
} from '../../contract/index.ts';
import { recordDeed } from '../session/deeds.ts';
import { ask, unheard, whoOf, type BackupRouteDeps } from './service.ts';

const admins = ['admin'] as const;
const changing = ['cross_site', 'read_only', ...unheard] as const;

/** What an administrator does to bundles; each deed is in the audit log once the service has agreed to it. */
export function changeRoutes(app: FastifyInstance, deps: BackupRouteDeps): void {
  runRoutes(app, deps);
  pinRoutes(app, deps);

  app.route<{ Params: BackupParams }>({
    method: 'DELETE',
    url: '/api/admin/backups/:id',
    schema: { params: backupParamsSchema },
    config: {
      facts: {
        access: admins,
        tag: 'backups',
        summary: 'Deletes a bundle from every target.',
        responses: { 204: { description: 'It is deleted.' } },
        problems: [...changing, 'bundle_missing', 'bundle_protected', 'bundle_in_use'],
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      await ask(deps, async (client) => await client.remove(id, whoOf(request)));
      recordDeed(deps, request, { action: 'backup.deleted', subject: id, details: {} });
      return await reply.code(204).send();
    },
  });
}

function runRoutes(app: FastifyInstance, deps: BackupRouteDeps): void {
  app.route<{ Body: NewBackup }>({
    method: 'POST',
    url: '/api/admin/backups',
    schema: { body: newBackupSchema },
    config: {
      facts: {
        access: admins,
        tag: 'backups',
        summary: 'Begins to take a bundle of all three databases.',
        responses: { 202: backupRunSchema },
        problems: [...changing, 'backup_busy'],
      },
    },
    handler: async (request, reply) => {
      const pinNote = request.body?.pinNote ?? null;
      const run = await ask(deps, async (client) => await client.take({ by: whoOf(request), pinNote }));
      recordDeed(deps, request, { action: 'backup.begun', subject: run.id, details: { pinNote } });
      return await reply.code(202).send(run);
    },
  });

  app.route<{ Params: BackupParams; Body: VerifyBackup }>({
    method: 'POST',
    url: '/api/admin/backups/:id/verify',
    schema: { params: backupParamsSchema, body: verifyBackupSchema },
    config: {
      facts: {
        access: admins,
        tag: 'backups',
        summary: 'Begins to verify a bundle: its checksums, or a restore into scratch databases, which proves it.',
        responses: { 202: backupRunSchema },
        problems: [...changing, 'backup_busy', 'bundle_missing', 'prove_unavailable'],
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const method = request.body?.method ?? 'checksums';
      const run = await ask(deps, async (client) => await client.verify(id, { by: whoOf(request), method }));
      recordDeed(deps, request, { action: 'backup.verification_begun', subject: id, details: { method, run: run.id } });
      return await reply.code(202).send(run);
    },
  });

  app.route<{ Params: BackupRunParams }>({
    method: 'POST',
    url: '/api/admin/backups/runs/:run/cancel',
    schema: { params: backupRunParamsSchema },
    config: {
      facts: {
        access: admins,
        tag: 'backups',
        summary: 'Cancels a run; what it has written is removed.',
        responses: { 202: backupRunSchema },
        problems: [...changing, 'backup_run_missing', 'backup_run_ended'],
      },
    },
    handler: async (request, reply) => {
      const { run: id } = request.params;
      const run = await ask(deps, async (client) => await client.cancel(id, whoOf(request)));
      recordDeed(deps, request, { action: 'backup.cancelled', subject: id, details: { kind: run.kind } });
      return await reply.code(202).send(run);
    },
  });
}

function pinRoutes(app: FastifyInstance, deps: BackupRouteDeps): void {
  app.route<{ Params: BackupParams; Body: PinBackup }>({
    method: 'PUT',
    url: '/api/admin/backups/:id/pin',
    schema: { params: backupParamsSchema, body: pinBackupSchema },
    config: {
      facts: {
        access: admins,
        tag: 'backups',
        summary: 'Pins a bundle with a note: retention leaves it alone.',
        responses: { 200: bundleEntrySchema },
        problems: [...changing, 'bundle_missing'],
      },
    },
    handler: async (request) => {
      const { id } = request.params;
      const note = request.body?.note ?? '';
      const entry = await ask(deps, async (client) => await client.pin(id, { by: whoOf(request), note }));
      recordDeed(deps, request, { action: 'backup.pinned', subject: id, details: { note } });
      return entry;
    },
  });

  app.route<{ Params: BackupParams }>({
    method: 'DELETE',
    url: '/api/admin/backups/:id/pin',
    schema: { params: backupParamsSchema },
    config: {
      facts: {
        access: admins,
        tag: 'backups',
        summary: 'Takes the pin of a bundle away.',
        responses: { 200: bundleEntrySchema },
        problems: [...changing, 'bundle_missing'],
      },
    },
    handler: async (request) => {
      const { id } = request.params;
      const entry = await ask(deps, async (client) => await client.unpin(id, whoOf(request)));
      recordDeed(deps, request, { action: 'backup.unpinned', subject: id, details: {} });
      return entry;
    },
  });
}

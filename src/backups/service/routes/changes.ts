import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import { withDeadline } from '../../../base/index.ts';
import {
  backupActorSchema,
  backupRunSchema,
  bundleEntrySchema,
  pinBundleSchema,
  takeBundleSchema,
  verifyBundleSchema,
} from '../../../contract/index.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Changes } from '../changes.ts';
import { requireEntry } from '../entries.ts';
import { backupServiceError } from '../errors.ts';
import type { BegunRun } from '../runs.ts';
import type { StatusSources } from '../status.ts';
import type { Work } from '../work.ts';
import { idParams } from './bundles.ts';

export interface ChangeRoutesDeps {
  readonly catalogue: Catalogue;
  readonly work: Work;
  readonly changes: Changes;
  readonly facts: StatusSources['facts'];
}

type IdParams = z.output<typeof idParams>;

/** What begins a run: it is answered at once, and goes on by itself. */
export function workRoutes(app: FastifyInstance, { catalogue, work, facts }: ChangeRoutesDeps): void {
  app.route<{ Body: z.output<typeof takeBundleSchema> }>({
    method: 'POST',
    url: '/api/bundles',
    schema: { body: takeBundleSchema },
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'Begins to take a bundle.',
        responses: { 202: backupRunSchema },
        problems: ['backup_busy'],
      },
    },
    handler: async ({ body }, reply) => await sendBegun(reply, work.take(body)),
  });

  app.route<{ Params: IdParams; Body: z.output<typeof verifyBundleSchema> }>({
    method: 'POST',
    url: '/api/bundles/:id/verify',
    schema: { params: idParams, body: verifyBundleSchema },
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'Begins to verify a bundle by its checksums, or to prove it by a restore.',
        responses: { 202: backupRunSchema },
        problems: ['backup_busy', 'bundle_missing', 'backup_targets_unread', 'prove_unavailable'],
      },
    },
    handler: async ({ params, body }, reply) => {
      requireEntry(catalogue.shelves(), params.id);
      const { proveError } = facts();
      if (body.method === 'restore' && proveError !== null)
        throw backupServiceError('prove_unavailable', {
          message: proveError.message,
          hint: 'Verify it by its checksums, or mend what the message names.',
          details: { reason: proveError.code },
        });
      return await sendBegun(reply, work.verify(params.id, body.by, body.method));
    },
  });
}

/** A disk that hangs must not hold the answer back for long. */
const recordTimeoutMs = 2000;

/** Whoever was told of a run finds it again, whatever becomes of this process. */
async function sendBegun(reply: FastifyReply, { run, recorded }: BegunRun): Promise<FastifyReply> {
  await withDeadline(recordTimeoutMs, async () => await recorded).catch(() => undefined);
  return reply.code(202).send(run);
}

/** What is done at once. */
export function changeRoutes(app: FastifyInstance, { changes }: ChangeRoutesDeps): void {
  const problems = ['bundle_missing', 'backup_targets_unread', 'backup_target_slow', 'target_unavailable'];

  app.route<{ Params: IdParams; Body: z.output<typeof pinBundleSchema> }>({
    method: 'PUT',
    url: '/api/bundles/:id/pin',
    schema: { params: idParams, body: pinBundleSchema },
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'Pins a bundle: it is not deleted, by nobody and no rule.',
        responses: { 200: bundleEntrySchema },
        problems,
      },
    },
    handler: async ({ params, body }) => await changes.pin(params.id, body.by, body.note),
  });

  app.route<{ Params: IdParams; Querystring: z.output<typeof backupActorSchema> }>({
    method: 'DELETE',
    url: '/api/bundles/:id/pin',
    schema: { params: idParams, querystring: backupActorSchema },
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'Takes the pin away.',
        responses: { 200: bundleEntrySchema },
        problems,
      },
    },
    handler: async ({ params, query }) => await changes.unpin(params.id, query.by),
  });

  app.route<{ Params: IdParams; Querystring: z.output<typeof backupActorSchema> }>({
    method: 'DELETE',
    url: '/api/bundles/:id',
    schema: { params: idParams, querystring: backupActorSchema },
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'Deletes a bundle from every target, unless it is pinned, in use, or the last one that was proven.',
        responses: { 204: { description: 'It is gone.' } },
        problems: [...problems, 'bundle_protected', 'bundle_in_use'],
      },
    },
    handler: async ({ params, query }, reply) => {
      await changes.remove(params.id, query.by);
      return await reply.code(204).send();
    },
  });
}

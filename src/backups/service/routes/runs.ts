import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { backupActorSchema, backupRunSchema } from '../../../contract/index.ts';
import { streamRuns } from '../event-stream.ts';
import type { Runs } from '../runs.ts';

const runParams = z.object({ id: z.string().regex(/^[0-9A-Za-z-]{1,60}$/) });
type RunParams = z.output<typeof runParams>;

/** The work of the service, past and present. */
export function runRoutes(app: FastifyInstance, runs: Runs): void {
  app.route<{ Params: RunParams }>({
    method: 'GET',
    url: '/api/runs/:id',
    schema: { params: runParams },
    config: {
      facts: {
        access: 'service',
        tag: 'runs',
        summary: 'One run as it is now.',
        responses: { 200: backupRunSchema },
        problems: ['backup_run_missing'],
      },
    },
    handler: ({ params }) => runs.find(params.id),
  });

  app.route<{ Params: RunParams; Body: z.output<typeof backupActorSchema> }>({
    method: 'POST',
    url: '/api/runs/:id/cancel',
    schema: { params: runParams, body: backupActorSchema },
    config: {
      facts: {
        access: 'service',
        tag: 'runs',
        summary: 'Tells a run to end; what it had written is removed.',
        responses: { 202: backupRunSchema },
        problems: ['backup_run_missing', 'backup_run_ended', 'backup_run_elsewhere'],
      },
    },
    handler: ({ params, body }, reply) => reply.code(202).send(runs.cancel(params.id, body.by)),
  });

  app.route({
    method: 'GET',
    url: '/api/runs/current/events',
    config: {
      facts: {
        access: 'service',
        tag: 'runs',
        summary:
          'The current run as it goes on and those that follow, as server-sent events `run`; a comment every 15 s shows that the service is alive.',
        responses: { 200: { description: 'The events.', mediaType: 'text/event-stream' } },
      },
    },
    handler: (request, reply) => streamRuns(runs, request, reply),
  });
}

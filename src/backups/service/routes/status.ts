import type { FastifyInstance } from 'fastify';
import { backupStatusSchema } from '../../../contract/index.ts';
import { describeStatus, type StatusSources } from '../status.ts';

/** How the service fares, from memory. */
export function statusRoutes(app: FastifyInstance, sources: StatusSources): void {
  app.route({
    method: 'GET',
    url: '/api/status',
    config: {
      facts: {
        access: 'service',
        tag: 'backups',
        summary: 'Engine, schedules, targets, keys, coverage, the current run and the newest ones that ended.',
        responses: { 200: backupStatusSchema },
      },
    },
    handler: () => describeStatus(sources),
  });
}

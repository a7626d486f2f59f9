import type { FastifyInstance } from 'fastify';
import { databaseStatusSchema } from '../../contract/index.ts';
import type { DatabaseStatusSource } from '../../database-status/index.ts';

/** Admin > Database Status. It is needed most while the gate is closed, and waits for no database that is silent. */
export function databaseRoutes(app: FastifyInstance, databases: DatabaseStatusSource): void {
  app.route({
    method: 'GET',
    url: '/api/admin/databases',
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'databases',
        summary: 'Returns the live health of each database, what is out of order, and what to do about it.',
        responses: { 200: databaseStatusSchema },
      },
    },
    handler: async () => await databases.look(),
  });
}

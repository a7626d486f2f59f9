import type { FastifyInstance } from 'fastify';
import { liveSchema, readySchema } from '../../../contract/index.ts';
import type { Catalogue } from '../catalogue.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { requireReading } from '../reading.ts';

export interface HealthRoutesDeps {
  readonly catalogue: Catalogue;
  readonly metrics: ServiceMetrics;
}

/** For load balancers and Prometheus, which hold no token. They tell times, sizes and counts. */
export function healthRoutes(app: FastifyInstance, { catalogue, metrics }: HealthRoutesDeps): void {
  app.route({
    method: 'GET',
    url: '/livez',
    config: {
      facts: { access: 'public', tag: 'health', summary: 'The process answers.', responses: { 200: liveSchema } },
    },
    handler: () => ({ status: 'alive' }),
  });

  app.route({
    method: 'GET',
    url: '/readyz',
    config: {
      facts: {
        access: 'public',
        tag: 'health',
        summary: 'Whether it can be said which bundles there are: 503 while no target could be read since the start.',
        responses: { 200: readySchema },
        problems: ['backup_targets_unread'],
      },
    },
    handler: () => {
      requireReading(catalogue.shelves());
      return { status: 'ready' };
    },
  });

  app.route({
    method: 'GET',
    url: '/metrics',
    config: {
      facts: {
        access: 'public',
        tag: 'health',
        summary: 'Metrics in the Prometheus text format, or as OpenMetrics for who asks for it.',
        responses: { 200: { description: 'The metrics.', mediaType: 'text/plain' } },
      },
    },
    handler: async (request, reply) => {
      const { contentType, text } = await metrics.read(request.headers.accept);
      return await reply.type(contentType).send(text);
    },
  });
}

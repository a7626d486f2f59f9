import type { FastifyInstance } from 'fastify';
import { liveSchema, readySchema } from '../../contract/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import type { Gate } from '../../gate/index.ts';
import type { FirstReading } from '../http/first-reading.ts';
import { managerError } from '../errors.ts';
import type { Metrics } from '../metrics/metrics.ts';

export interface HealthRoutesDeps {
  readonly gate: Gate;
  readonly metrics: Metrics;
  readonly firstReading: FirstReading;
  readonly fleet: Pick<Fleet, 'isPrepared'>;
}

/**
 * For load balancers and Prometheus, which cannot sign in. They tell versions and statuses, nothing that opens a door;
 * the manager listens on loopback unless told otherwise, and a proxy in front may keep /metrics to itself.
 */
export function healthRoutes(app: FastifyInstance, { gate, metrics, firstReading, fleet }: HealthRoutesDeps): void {
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
        summary: 'Whether product requests should be sent here: 503 with the reasons while the gate is closed.',
        responses: { 200: readySchema },
        problems: ['not_ready'],
      },
    },
    handler: () => {
      const { open, closedParts } = gate.state();
      if (open && firstReading.isOver() && fleet.isPrepared()) return { status: 'ready' };
      throw managerError('not_ready', {
        message: closedParts[0]?.message ?? 'this manager has just started and has not read everything yet',
        hint: closedParts[0]?.remedy ?? 'Wait a few seconds; Admin > Release shows the state of each database.',
        details: { reasons: closedParts },
      });
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

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  bundleEntrySchema,
  bundleIdSchema,
  bundleListSchema,
  latestBundleSchema,
  type BundleEntry,
  type BundleList,
  type LatestBundle,
} from '../../../contract/index.ts';
import { listEntries, newestOf, requireEntry } from '../entries.ts';
import { describeFacts } from '../facts.ts';
import { requireReading } from '../reading.ts';
import type { StatusSources } from '../status.ts';

export const idParams = z.object({ id: bundleIdSchema });

/** Which bundles there are, from memory. */
export function bundleRoutes(app: FastifyInstance, sources: StatusSources): void {
  const { catalogue } = sources;
  app.route({
    method: 'GET',
    url: '/api/bundles/latest',
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'The newest bundle, damaged or not, or null, and what bears on going back to one.',
        responses: { 200: latestBundleSchema },
        problems: ['backup_targets_unread'],
      },
    },
    handler: (): LatestBundle => {
      requireReading(catalogue.shelves());
      return { ...describeFacts(sources), bundle: newestOf(catalogue.shelves()) };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/bundles',
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'All bundles, newest first, and what lies among them and is none.',
        responses: { 200: bundleListSchema },
        problems: ['backup_targets_unread'],
      },
    },
    handler: (): BundleList => {
      requireReading(catalogue.shelves());
      return listEntries(catalogue.shelves());
    },
  });

  app.route<{ Params: z.infer<typeof idParams> }>({
    method: 'GET',
    url: '/api/bundles/:id',
    schema: { params: idParams },
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'One bundle with all that is known of it.',
        responses: { 200: bundleEntrySchema },
        problems: ['bundle_missing', 'backup_targets_unread'],
      },
    },
    handler: ({ params }): BundleEntry => requireEntry(catalogue.shelves(), params.id),
  });
}

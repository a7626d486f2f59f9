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
import type { Catalogue } from '../catalogue.ts';
import { latestWhole, listEntries, requireEntry } from '../entries.ts';
import { requireReading } from '../reading.ts';

export const idParams = z.object({ id: bundleIdSchema });

/** Which bundles there are, from memory. */
export function bundleRoutes(app: FastifyInstance, catalogue: Catalogue): void {
  app.route({
    method: 'GET',
    url: '/api/bundles/latest',
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'The newest bundle that is not known to be damaged, or null.',
        responses: { 200: latestBundleSchema },
        problems: ['backup_targets_unread'],
      },
    },
    handler: (): LatestBundle => {
      requireReading(catalogue.shelves());
      return { bundle: latestWhole(catalogue.shelves()) };
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

import { z } from 'zod';
import { bundleSummarySchema } from './release.ts';

/** Answer of the backup service to `GET /api/bundles/latest` (Bearer token): its newest whole bundle, or null. */
export const latestBundleSchema = z.object({ bundle: bundleSummarySchema.nullable() });
export type LatestBundle = z.infer<typeof latestBundleSchema>;

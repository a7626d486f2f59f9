import { z } from 'zod';

export const scanSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  requestedBy: z.string(),
  createdAt: z.iso.datetime(),
});
export type Scan = z.infer<typeof scanSchema>;

/** GET /api/scans: newest first; `nextBefore` as `before` asks for the page after this one, null at the end. */
export const scanListSchema = z.object({ scans: z.array(scanSchema), nextBefore: z.uuid().nullable() });
export type ScanList = z.infer<typeof scanListSchema>;

export const scanListQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many scans at most.'),
  before: z.uuid().optional().describe('Only scans older than the one with this id.'),
});
export type ScanListQuery = z.infer<typeof scanListQuerySchema>;

/** POST /api/scans. */
export const newScanSchema = z.strictObject({ name: z.string().trim().min(1).max(200) });
export type NewScan = z.infer<typeof newScanSchema>;

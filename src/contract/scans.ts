import { z } from 'zod';
import { findingSchema, jobKindSchema, probeErrorSchema, targetSchema } from './scanner-work.ts';
import { nameText, sentId } from './text.ts';

const instant = z.iso.datetime();
const count = z.int().min(0);

export const scanSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  requestedBy: z.string(),
  createdAt: instant,
  schedule: z
    .object({ id: z.uuid(), name: z.string(), dueAt: instant.nullable().describe('Null: it was run by hand.') })
    .nullable()
    .describe('The schedule it came from; null for one that was asked for, or whose schedule is deleted.'),
  counts: z
    .object({ total: count, queued: count, running: count, done: count, failed: count, cancelled: count })
    .describe('Its jobs by how they stand; `queued` holds those that wait for another attempt too.'),
});
export type Scan = z.infer<typeof scanSchema>;

/** GET /api/scans: newest first; `nextBefore` as `before` asks for the page after this one, null at the end. */
export const scanListSchema = z.object({ scans: z.array(scanSchema), nextBefore: z.uuid().nullable() });
export type ScanList = z.infer<typeof scanListSchema>;

export const scanListQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many scans at most.'),
  before: z.uuid().optional().describe('Only scans older than the one with this id.'),
  schedule: z.uuid().optional().describe('Only scans of the schedule with this id.'),
});
export type ScanListQuery = z.infer<typeof scanListQuerySchema>;

/** POST /api/scans: one job for each target and kind. */
export const newScanSchema = z.strictObject({
  name: nameText.min(1),
  targets: z.array(targetSchema).min(1).max(1000),
  kinds: z
    .array(jobKindSchema)
    .min(1)
    .refine((kinds) => new Set(kinds).size === kinds.length, 'each kind once')
    .default(['tcp', 'tls']),
  priority: z.int().min(-100).max(100).default(0).describe('Higher goes first.'),
  timeoutMs: z.int().min(100).max(60_000).default(10_000).describe('Budget of one probe.'),
});
export type NewScan = z.infer<typeof newScanSchema>;

export const scanParamsSchema = z.strictObject({ id: sentId });
export type ScanParams = z.infer<typeof scanParamsSchema>;

export const scanJobStates = ['queued', 'waiting', 'running', 'done', 'failed', 'cancelled'] as const;

const scanJobSchema = z.object({
  id: z.uuid(),
  kind: jobKindSchema,
  host: z.string(),
  port: z.int(),
  state: z.enum(scanJobStates).describe('waiting: an attempt failed, another one comes.'),
  attempts: count,
  scannerId: z.uuid().nullable().describe('Who holds it now.'),
  scannerName: z.string().nullable().describe('Null also when names cannot be read.'),
  error: probeErrorSchema.nullable().describe('Why it failed, or why its last attempt did.'),
  endedAt: instant.nullable(),
});
export type ScanJob = z.infer<typeof scanJobSchema>;

/** GET /api/scans/{id}: the scan with its jobs as they stand now. */
export const scanDetailSchema = scanSchema.extend({ jobs: z.array(scanJobSchema), nextAfter: z.uuid().nullable() });
export type ScanDetail = z.infer<typeof scanDetailSchema>;

export const scanDetailQuerySchema = z.strictObject({
  after: z.uuid().optional().describe('Only jobs after the one with this id.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type ScanDetailQuery = z.infer<typeof scanDetailQuerySchema>;

const foundSchema = z.object({
  jobId: z.uuid(),
  scanId: z.uuid(),
  scannerId: z.uuid(),
  scannerName: z.string().nullable().describe('Null when it cannot be read.'),
  address: z.string().describe('`host:port`.'),
  foundAt: instant,
  certificateExpiresAt: instant.nullable(),
  certificateDaysLeft: z.int().nullable().describe("By the manager's clock; negative when it has expired."),
  finding: findingSchema,
});
export type Found = z.infer<typeof foundSchema>;

/** GET /api/scans/{id}/findings and GET /api/findings. */
export const findingListSchema = z.object({ findings: z.array(foundSchema) });
export type FindingList = z.infer<typeof findingListSchema>;

const format = z
  .enum(['json', 'csv'])
  .optional()
  .describe('Asks for a file of this kind; without it the answer is JSON.');

export const scanFindingsQuerySchema = z.strictObject({
  format,
  limit: z.coerce.number().int().min(1).max(50_000).default(1000),
});
export type ScanFindingsQuery = z.infer<typeof scanFindingsQuerySchema>;

export const targetHistoryQuerySchema = z.strictObject({
  address: z.string().min(1).max(300).describe('`host:port`, or `[address]:port` for IPv6.'),
  format,
  limit: z.coerce.number().int().min(1).max(50_000).default(100),
});
export type TargetHistoryQuery = z.infer<typeof targetHistoryQuerySchema>;

/** POST /api/scans/{id}/cancel. */
export const cancelledScanSchema = scanSchema.extend({ cancelledNow: count });

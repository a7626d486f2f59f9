import { z } from 'zod';
import { protocolWindowSchema } from './release.ts';

const instant = z.iso.datetime();

export const scannerStates = ['online', 'late', 'offline', 'revoked'] as const;

/** One scanner on Admin > Scanners. */
export const listedScannerSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  state: z.enum(scannerStates).describe('late: it missed its heartbeat. offline: it missed several.'),
  binaryVersion: z.string(),
  protocolVersion: z.int(),
  inWindow: z.boolean(),
  /** Why it gets no jobs; empty if it does. */
  outsideReason: z.string(),
  enrolledAt: instant,
  lastSeenAt: instant.nullable(),
  jobsHeld: z.int().nullable().describe('Null when the jobs database could not be read.'),
  refusedSince: instant.nullable().describe('Since when its calls for jobs are refused because of the protocol.'),
  refusedCount: z.number(),
  cloneSuspectedAt: instant.nullable().describe('When two programs were seen to use its credential by turns.'),
  rotationRequestedAt: instant.nullable(),
  revokedAt: instant.nullable(),
  revokedBy: z.string().nullable(),
});
export type ListedScannerEntry = z.infer<typeof listedScannerSchema>;

/** GET /api/admin/scanners. */
export const scannerListSchema = z.object({
  window: protocolWindowSchema,
  counts: z.object({
    total: z.int(),
    inWindow: z.int(),
    outsideWindow: z.int(),
    outsideAsleep: z.int().describe('Outside and not online now: they will come back outside.'),
    groups: z.array(
      z.object({
        binaryVersion: z.string(),
        protocolVersion: z.int(),
        count: z.int(),
        online: z.int(),
        inWindow: z.boolean(),
      }),
    ),
  }),
  scanners: z.array(listedScannerSchema),
  nextAfter: z.uuid().nullable().describe('As `after` asks for the next page; null at the end.'),
});
export type ScannerList = z.infer<typeof scannerListSchema>;

export const scannerListQuerySchema = z.strictObject({
  state: z.enum(scannerStates).optional(),
  binaryVersion: z.string().max(64).optional(),
  protocolVersion: z.coerce.number().int().min(1).optional(),
  inWindow: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  search: z.string().max(200).optional().describe('Part of the name, in any case.'),
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type ScannerListQuery = z.infer<typeof scannerListQuerySchema>;

export const scannerParamsSchema = z.strictObject({ id: z.uuid() });
export type ScannerParams = z.infer<typeof scannerParamsSchema>;

/** PATCH /api/admin/scanners/{id}. */
export const renameScannerSchema = z.strictObject({ name: z.string().trim().min(1).max(200) });
export type RenameScanner = z.infer<typeof renameScannerSchema>;

/** POST /api/admin/enrolment-tokens. */
export const newEnrolmentTokenSchema = z.strictObject({
  note: z.string().trim().max(200).default('').describe('What it is for.'),
  maxUses: z.int().min(1).max(10_000).default(1).describe('How many scanners may enrol with it.'),
  validHours: z.number().positive().max(8760).default(24),
});
export type NewEnrolmentTokenRequest = z.infer<typeof newEnrolmentTokenSchema>;

export const enrolmentTokenSchema = z.object({
  id: z.uuid(),
  note: z.string(),
  madeBy: z.string(),
  madeAt: instant,
  expiresAt: instant,
  maxUses: z.int(),
  uses: z.int(),
  revokedAt: instant.nullable(),
});
export type EnrolmentTokenEntry = z.infer<typeof enrolmentTokenSchema>;

/** Its answer: the token, shown this once. */
export const madeEnrolmentTokenSchema = enrolmentTokenSchema.extend({
  token: z.string(),
  command: z.string().describe('What to type on the machine of the scanner.'),
});
export type MadeEnrolmentToken = z.infer<typeof madeEnrolmentTokenSchema>;

export const enrolmentTokenListSchema = z.object({ tokens: z.array(enrolmentTokenSchema) });

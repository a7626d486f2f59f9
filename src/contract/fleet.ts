import { z } from 'zod';
import { protocolWindowSchema } from './manifest.ts';
import { nameText, sentId } from './text.ts';

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
  nextAfter: z.string().nullable().describe('As `after` asks for the next page, in the same order; null at the end.'),
});
export type ScannerList = z.infer<typeof scannerListSchema>;

const yesOrNo = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

export const scannerSorts = ['name', 'lastContact', 'binaryVersion', 'refused'] as const;
export type ScannerSort = (typeof scannerSorts)[number];

/** What stands behind the id in `after`: where the page before ended, in the order asked for. */
const keyPatterns: Readonly<Record<ScannerSort | 'id', RegExp>> = {
  id: /^$/,
  name: /^:[^\0]{1,200}$/,
  lastContact: /^:\d{1,18}$/,
  binaryVersion: /^:\d+\.\d+\.\d+[-+.0-9A-Za-z]*$/,
  refused: /^:\d{1,18}$/,
};
const idLength = 36;

export const scannerListQuerySchema = z
  .strictObject({
    state: z.enum(scannerStates).optional(),
    binaryVersion: z.string().max(64).optional(),
    protocolVersion: z.coerce.number().int().min(1).max(65_535).optional(),
    inWindow: yesOrNo,
    refused: yesOrNo.describe('Whether its calls for jobs are refused because of its protocol.'),
    cloneSuspected: yesOrNo.describe('Whether two programs were seen to use its credential by turns.'),
    holdsJobs: yesOrNo.describe('Whether it holds jobs; takes the jobs database to tell.'),
    silentHours: z.coerce
      .number()
      .positive()
      .max(87_600)
      .optional()
      .describe('Only those that have not called for so many hours, or never.'),
    search: z.string().max(200).optional().describe('Part of the name, in any case.'),
    sort: z.enum(scannerSorts).optional().describe('Without it they come in the order of their ids.'),
    descending: yesOrNo.describe('Whether the order is turned round.'),
    after: z
      .string()
      .max(300)
      .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::|$)/)
      .optional()
      .describe('The `nextAfter` of the page before, asked for in the same order.'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  })
  .refine(({ sort, after = '' }) => after === '' || keyPatterns[sort ?? 'id'].test(after.slice(idLength)), {
    path: ['after'],
    message: 'not a place in the order asked for',
  });
export type ScannerListQuery = z.infer<typeof scannerListQuerySchema>;

export const scannerParamsSchema = z.strictObject({ id: sentId });
export type ScannerParams = z.infer<typeof scannerParamsSchema>;

/** PATCH /api/admin/scanners/{id}. */
export const renameScannerSchema = z.strictObject({ name: nameText.min(1) });
export type RenameScanner = z.infer<typeof renameScannerSchema>;

/** POST /api/admin/enrolment-tokens. */
export const newEnrolmentTokenSchema = z.strictObject({
  note: nameText.default('').describe('What it is for.'),
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
  command: z.string().describe('What to type on the machine of the scanner, where `plimsoll` is on the path.'),
  commands: z
    .object({
      npx: z.string().describe('In a checkout of this release.'),
      docker: z.string().describe('With the image of this release; the state is kept in a volume.'),
      executable: z.string().describe('With the self-contained executable in the current folder.'),
    })
    .describe('The same for the ways in which a scanner can be run.'),
});
export type MadeEnrolmentToken = z.infer<typeof madeEnrolmentTokenSchema>;

export const enrolmentTokenListSchema = z.object({ tokens: z.array(enrolmentTokenSchema) });

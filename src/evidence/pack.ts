import { z } from 'zod';
import {
  databaseNames,
  historyGapSchema,
  manifestSchema,
  partErrorSchema,
  postureHistorySchema,
  releasePostureSchema,
} from '../contract/index.ts';

const instant = z.iso.datetime();
const database = z.enum(databaseNames);

const ledgerRowSchema = z.object({
  version: z.int(),
  name: z.string(),
  checksum: z.string(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  appliedBy: z.string(),
  appliedBySource: z.enum(['operator', 'role']),
  appVersion: z.string(),
  imageSha: z.string(),
  runId: z.string(),
  oldestCompatible: z.int(),
  /** SHA-256 of this release's file of that number; null: it has none. */
  fileChecksum: z.string().nullable(),
});

const record = z.record(z.string(), z.json());

/** All that one pack of evidence says. What could not be read is null, and `unknown` says why. */
export const evidencePackSchema = z.strictObject({
  format: z.literal('plimsoll evidence 1'),
  madeAt: instant,
  madeBy: z.object({ who: z.string(), how: z.enum(['command', 'page']), host: z.string() }),
  deploymentId: z.string().nullable(),
  span: z.object({ since: instant, until: instant }),
  unknown: z.array(z.object({ part: z.string(), error: partErrorSchema })),
  /** As recorded at the beginning of the span; null when nothing had been recorded by then. */
  before: releasePostureSchema.nullable(),
  beforeRecordedAt: instant.nullable(),
  /** As read when the pack was made: databases, gate, last bundle and its state, counts of the fleet. */
  after: releasePostureSchema,
  preflights: z.array(record).nullable(),
  rehearsals: z.array(record).nullable(),
  migrations: z.array(z.object({ database, rows: z.array(ledgerRowSchema).nullable() })),
  history: z
    .object({ items: postureHistorySchema.shape.items, gaps: z.array(historyGapSchema), complete: z.boolean() })
    .nullable(),
  digests: z.object({
    manifest: z.object({ sha256: z.string(), content: manifestSchema }),
    /** The commit that the running containers were deployed from. */
    image: z.object({ commit: z.string() }),
    migrationFiles: z.array(z.object({ path: z.string(), sha256: z.string() })),
  }),
});
export type EvidencePack = z.infer<typeof evidencePackSchema>;

import { z } from 'zod';
import { partErrorSchema } from './problem.ts';
import { releasePostureSchema, verdictStatuses } from './release.ts';

const instant = z.iso.datetime();

/** One thing that was different from before. */
export const postureChangeSchema = z.object({
  part: z
    .string()
    .describe('`app`, `verdict`, `gate`, a database, `backup`, `scanners`, `horizon`, `preflight` or `history`.'),
  code: z.string().describe('Stable, as in `schema_moved`; docs/history.md lists them.'),
  message: z.string(),
  who: z.string().nullable().describe('Whose doing it was, where that is on record.'),
});
export type PostureChange = z.infer<typeof postureChangeSchema>;

const observed = z.object({
  id: z.uuid(),
  happenedAt: instant,
  recordedAt: instant.nullable().describe('Null: it waits for the config database.'),
  late: z.boolean().describe('It was kept by a manager while the config database could not be written.'),
  host: z.string().describe('Where it was seen, or done.'),
  appVersion: z.string().describe('The release of the manager that saw it, or that was deployed.'),
  imageSha: z.string(),
  headline: z.string(),
});

/** The posture has changed. */
const changedEntrySchema = observed.extend({
  kind: z.literal('posture'),
  verdict: z.enum(verdictStatuses),
  changes: z.array(postureChangeSchema),
});
export type ChangedEntry = z.infer<typeof changedEntrySchema>;

/** Somebody has deployed a release, or gone back to one. */
const deployedEntrySchema = observed.extend({ kind: z.literal('deployment'), who: z.string() });
export type DeployedEntry = z.infer<typeof deployedEntrySchema>;

/** A time of which nothing is known. */
export const historyGapSchema = z.object({
  kind: z.literal('gap'),
  from: instant,
  to: instant,
  cause: z.enum(['no_manager', 'config_unreachable', 'config_restored']),
  why: z.string().describe('The cause in words.'),
  message: z.string(),
});
export type HistoryGap = z.infer<typeof historyGapSchema>;

const historyItemSchema = z.discriminatedUnion('kind', [changedEntrySchema, deployedEntrySchema, historyGapSchema]);
export type HistoryItem = z.infer<typeof historyItemSchema>;

/** Whether the record could be read. */
const reading = {
  status: z.enum(['ok', 'unknown']),
  error: partErrorSchema.nullable(),
};

/** GET /api/admin/release/history: newest first; `next` as `before` asks for the page after this one, null at the end. */
export const postureHistorySchema = z.object({
  ...reading,
  items: z
    .array(historyItemSchema)
    .describe('While the record cannot be read: what this manager has seen and not written yet.'),
  next: z.string().nullable(),
});
export type PostureHistory = z.infer<typeof postureHistorySchema>;

export const historyQuerySchema = z.strictObject({
  since: z.string().optional().describe('A date, or a time with or without an offset; without one it is UTC.'),
  until: z.string().optional().describe('The same; a date reaches to the end of its day.'),
  before: z.string().max(100).optional().describe('Only what is older than the page that named this.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

/** GET /api/admin/release/evidence. */
export const evidenceQuerySchema = z.strictObject({
  since: z.string().optional().describe('Where it begins: a date or a time; default 30 days ago.'),
});
export type EvidenceQuery = z.infer<typeof evidenceQuerySchema>;

/** GET /api/admin/release/history/at: what was last recorded at or before a time. */
export const postureAtSchema = z.object({
  ...reading,
  at: instant,
  entry: changedEntrySchema.nullable().describe('Null: nothing had been recorded by then.'),
  posture: releasePostureSchema.nullable().describe('The whole posture as it was then; null also when unreadable.'),
  unreadable: z.string().nullable().describe('Why the recorded posture cannot be shown.'),
  gap: historyGapSchema.nullable().describe('Set when nobody watched at that time: what it was like may have changed.'),
  nextChangeAt: instant.nullable().describe('When it next changed; null if it has not since.'),
});
export type PostureAt = z.infer<typeof postureAtSchema>;

export const postureAtQuerySchema = z.strictObject({
  time: z.string().describe('A date, meaning the end of that day, or a time; without an offset it is UTC.'),
});
export type PostureAtQuery = z.infer<typeof postureAtQuerySchema>;

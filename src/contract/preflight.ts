import { z } from 'zod';
import { migrationCostSchema, rehearsalSummarySchema } from './migration-cost.ts';
import { partErrorSchema } from './problem.ts';

const instant = z.iso.datetime();

export const checkStatuses = ['pass', 'warn', 'fail', 'skip'] as const;
export type CheckStatus = (typeof checkStatuses)[number];

export const preflightCheckSchema = z.object({
  code: z.string(),
  title: z.string(),
  status: z.enum(checkStatuses),
  message: z.string(),
  remedy: z.string(),
});
export type PreflightCheck = z.infer<typeof preflightCheckSchema>;

export const preflightRunSchema = z.object({
  id: z.string(),
  ranAt: instant,
  ranBy: z.string(),
  /** Where `ranBy` comes from: the OPERATOR setting, or the database role when it was empty. */
  ranBySource: z.enum(['operator', 'role']),
  /** The machine, or the container, on which it ran. */
  host: z.string(),
  /** Later than `ranAt` by much when it was kept in a file and recorded from there. */
  recordedAt: instant,
  /** Who recorded it; other than `ranBy` when it was recorded from a file by somebody else. */
  recordedBy: z.string(),
  targetVersion: z.string(),
  targetImageSha: z.string(),
  status: z.enum(['pass', 'warn', 'fail']),
  stale: z.boolean(),
  staleReasons: z.array(z.string()),
  counts: z.object({ pass: z.int(), warn: z.int(), fail: z.int(), skip: z.int() }),
  checks: z.array(preflightCheckSchema),
  /** What each migration that was pending then would do; empty in a run recorded before costs were, too. */
  migrations: z.array(migrationCostSchema).default([]),
  /** The rehearsal of exactly these migrations that the run relied on; null without one. */
  rehearsal: rehearsalSummarySchema.nullable().default(null),
});
export type PreflightRun = z.infer<typeof preflightRunSchema>;

/** Whether the preflight record could be read at all: `preflight: null` alone cannot tell 'none' from 'unreadable'. */
export const preflightReadingSchema = z.object({
  status: z.enum(['ok', 'none', 'unknown']),
  error: partErrorSchema.nullable(),
  readAt: instant.nullable(),
});
export type PreflightReading = z.infer<typeof preflightReadingSchema>;

import { z } from 'zod';
import { jobKindSchema, targetSchema } from './scanner-work.ts';
import { newScanSchema } from './scans.ts';

const instant = z.iso.datetime();
const count = z.int().min(0);

/** When a schedule fires; whether it can be read is judged where it is kept. */
const cron = z
  .string()
  .min(1)
  .max(200)
  .describe('Minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, @monthly, @yearly.');
const timeZone = z.string().min(1).max(100).describe('IANA name, such as Europe/Berlin, by whose clock cron is read.');

export const firingOutcomes = ['fired', 'caught_up', 'skipped'] as const;

const firingSchema = z.object({
  dueAt: instant.describe('The occurrence.'),
  decidedAt: instant,
  outcome: z
    .enum(firingOutcomes)
    .describe('caught_up: fired late, because no manager with an open gate was at work when it was due.'),
  reason: z
    .enum(['still_running', 'unreadable'])
    .nullable()
    .describe('Why it was skipped: the scan before it still ran, or its cron or time zone can no longer be read.'),
  scanId: z.uuid().nullable().describe('The scan it made, or the one that still ran; null when that is gone.'),
  missed: count.describe('Occurrences before this one that went by unfired; 1000 stands for 1000 or more.'),
});
export type Firing = z.infer<typeof firingSchema>;

/** A scan that comes again by cron. */
export const scheduleSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  enabled: z.boolean(),
  nextAt: instant.nullable().describe('When it fires next; null while it is paused.'),
  kinds: z.array(jobKindSchema),
  targetCount: count,
  madeBy: z.string(),
  madeAt: instant,
  changedBy: z.string(),
  changedAt: instant,
  latest: firingSchema.nullable().describe('What became of its latest occurrence; null before the first.'),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** GET /api/scans/schedules: by name. */
export const scheduleListSchema = z.object({ schedules: z.array(scheduleSchema) });
export type ScheduleList = z.infer<typeof scheduleListSchema>;

/** GET /api/scans/schedules/{id}. */
export const scheduleDetailSchema = scheduleSchema.extend({
  targets: z.array(targetSchema),
  priority: z.int(),
  timeoutMs: z.int(),
  upcoming: z.array(instant).describe('Its next three occurrences; none while it is paused.'),
  firings: z.array(firingSchema).describe('What became of its latest occurrences, newest first, 20 at most.'),
});
export type ScheduleDetail = z.infer<typeof scheduleDetailSchema>;

/** POST /api/scans/schedules. */
export const newScheduleSchema = newScanSchema.extend({
  cron,
  timeZone: timeZone.default('UTC'),
  enabled: z.boolean().default(true),
});
export type NewSchedule = z.infer<typeof newScheduleSchema>;

/** PATCH /api/scans/schedules/{id}: what is left out stays; `enabled` pauses and resumes. */
export const scheduleChangeSchema = z
  .strictObject({
    name: newScanSchema.shape.name.optional(),
    targets: newScanSchema.shape.targets.optional(),
    kinds: newScanSchema.shape.kinds.unwrap().optional(),
    priority: newScanSchema.shape.priority.unwrap().optional(),
    timeoutMs: newScanSchema.shape.timeoutMs.unwrap().optional(),
    cron: cron.optional(),
    timeZone: timeZone.optional(),
    enabled: z.boolean().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'at least one field to change');
export type ScheduleChange = z.infer<typeof scheduleChangeSchema>;

/** GET /api/scans/schedules/preview. */
export const schedulePreviewQuerySchema = z.strictObject({ cron, timeZone: timeZone.default('UTC') });
export type SchedulePreviewQuery = z.infer<typeof schedulePreviewQuerySchema>;

export const schedulePreviewSchema = z.object({
  upcoming: z.array(instant).describe('The next three times it would fire.'),
});
export type SchedulePreview = z.infer<typeof schedulePreviewSchema>;

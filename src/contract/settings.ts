import { z } from 'zod';
import { partErrorSchema } from './problem.ts';

const instant = z.iso.datetime();

/** Where a setting has its value from. `file`: its `NAME_FILE`; `unset`: it has none. */
export const settingSources = ['default', 'environment', 'file', 'unset'] as const;

const settingSchema = z.object({
  name: z.string(),
  about: z.string(),
  takes: z.string().describe('What kind of value it takes.'),
  secret: z.boolean(),
  source: z.enum(settingSources),
  value: z.string().nullable().describe('Null for a secret, and for what is not set.'),
  file: z.string().nullable().describe('The path in `NAME_FILE`, if the value came from there.'),
});
export type SettingEntry = z.infer<typeof settingSchema>;

const keptSettingSchema = z.object({
  key: z.string(),
  about: z.string().describe('Empty for a key that this release does not know.'),
  value: z.string().nullable().describe('As JSON; null where this release does not know that it may be shown.'),
  updatedAt: instant,
  updatedBy: z.string(),
});
export type KeptSetting = z.infer<typeof keptSettingSchema>;

/** GET /api/admin/settings: what the manager that answers was started with, and what the config database keeps. */
export const settingsSchema = z.object({
  host: z.string().describe('The machine or container of the manager that answers; others may be set otherwise.'),
  startedAt: instant,
  settings: z.array(settingSchema),
  kept: z.object({
    status: z.enum(['ok', 'unknown']),
    error: partErrorSchema.nullable(),
    entries: z.array(keptSettingSchema),
  }),
});
export type Settings = z.infer<typeof settingsSchema>;

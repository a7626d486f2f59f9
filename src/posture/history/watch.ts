import { z } from 'zod';
import { postureChangeSchema } from '../../contract/index.ts';

const instant = z.iso.datetime();

/** From when to when one manager has watched. Between the watches of all managers lies what nobody has seen. */
export const watchSchema = z.object({
  id: z.uuid(),
  host: z.string(),
  appVersion: z.string(),
  imageSha: z.string(),
  begunAt: instant,
  /** `restored`: the database no longer knew the watch before; `overflowed`: changes were lost before this one. */
  because: z.enum(['started', 'restored', 'overflowed']),
  /** Up to when the database has it; null: it has never heard of this watch. */
  confirmedAt: instant.nullable(),
});
export type Watch = z.infer<typeof watchSchema>;

/** A changed posture that is not in the database yet. */
export const waitingChangeSchema = z.object({
  id: z.uuid(),
  happenedAt: instant,
  /** The first of its watch: held against whatever was recorded before, of any build. */
  first: z.boolean(),
  /** It has met a database that could not be written. */
  late: z.boolean(),
  /** What this manager sees in it; the database may know better. */
  changes: z.array(postureChangeSchema),
  /** As it was served; its form is checked by whoever reads it. */
  posture: z.looseObject({
    verdict: z.looseObject({
      status: z.enum(['ok', 'ready', 'attention', 'stopped', 'unknown']),
      headline: z.string(),
    }),
  }),
});
export type WaitingChange = z.infer<typeof waitingChangeSchema>;

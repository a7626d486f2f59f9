import { z } from 'zod';

/** RFC 9457 problem document; `code` is stable and has a paragraph in docs/errors.md. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  /** The command or step that mends it. */
  remedy: z.string(),
  requestId: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Why a part could not be read: a stable code and a sentence without secrets. */
export const partErrorSchema = z.object({ code: z.string(), message: z.string() });
export type PartError = z.infer<typeof partErrorSchema>;

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

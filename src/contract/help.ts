import { z } from 'zod';

const entry = z.object({ name: z.string(), description: z.string() });

/** GET /api/help/{page}: the help of one page, in the five parts that its side panel shows. */
export const helpPageSchema = z.object({
  page: z.string(),
  title: z.string(),
  intro: z.string(),
  fields: z.array(entry).readonly(),
  howTos: z.array(z.object({ title: z.string(), steps: z.array(z.string()).readonly() })).readonly(),
  gotchas: z.array(z.string()).readonly(),
  apiCalls: z.array(z.object({ method: z.string(), path: z.string(), description: z.string() })).readonly(),
  related: z.array(z.object({ page: z.string(), title: z.string(), description: z.string() })).readonly(),
});
export type HelpPageDocument = z.infer<typeof helpPageSchema>;

/** GET /api/help: which pages there are. */
export const helpIndexSchema = z.object({
  pages: z.array(helpPageSchema.pick({ page: true, title: true, intro: true })),
});
export type HelpIndex = z.infer<typeof helpIndexSchema>;

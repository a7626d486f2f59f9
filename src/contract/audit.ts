import { z } from 'zod';
import { partErrorSchema } from './problem.ts';

const instant = z.iso.datetime();

/** How whoever did it had come in. `oidc`: by an OpenID provider; `command`: at a terminal; `system`: the program itself. */
export const actorMethods = ['password', 'oidc', 'token', 'recovery', 'command', 'system'] as const;

export const auditEventSchema = z.object({
  id: z.string().nullable().describe('Null: it waits for the config database, and is in the log of this manager.'),
  happenedAt: instant,
  actor: z.string(),
  actorMethod: z.enum(actorMethods),
  action: z.string().describe('Dotted and stable, as in `user.created`.'),
  subject: z.string().nullable().describe('To whom or to what it was done.'),
  details: z.record(z.string(), z.unknown()),
  requestId: z.string().nullable(),
  waitedSeconds: z
    .number()
    .nullable()
    .describe('For how long a manager kept it because the config database took nothing; null: written at once.'),
});
export type AuditEntry = z.infer<typeof auditEventSchema>;

/** GET /api/admin/audit: newest first; `next` as `before` asks for the page after this one, null at the end. */
export const auditLogSchema = z.object({
  status: z.enum(['ok', 'unknown']),
  error: partErrorSchema.nullable().describe('Why the log cannot be read.'),
  waiting: z
    .array(auditEventSchema)
    .describe('What this manager has still to write, newest first; other managers may hold more.'),
  events: z.array(auditEventSchema),
  next: z.string().nullable(),
});
export type AuditLog = z.infer<typeof auditLogSchema>;

const part = z.string().max(200).optional();

export const auditQuerySchema = z.strictObject({
  actor: part.describe('Part of the name of who did it, in any case.'),
  action: z
    .string()
    .max(100)
    .optional()
    .describe('How the action begins, as in `user.` for all that was done to users.'),
  about: part.describe('Part of what it was done to, or of the details, in any case.'),
  since: z.string().max(40).optional().describe('A date, or a time with or without an offset; without one it is UTC.'),
  until: z.string().max(40).optional().describe('The same; a date reaches to the end of its day.'),
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .describe('Only what comes after the page that named this.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  format: z.literal('csv').optional().describe('As a file with all that matches, whatever the limit.'),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

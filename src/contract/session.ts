import { z } from 'zod';

/** What a signed-in person may do; `auditor` reads every Admin page and changes nothing. */
export const roles = ['admin', 'auditor', 'user'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

export const signInSchema = z.union([
  z.strictObject({ username: z.string().min(1).max(200), password: z.string().min(1).max(1000) }),
  z.strictObject({ recoveryToken: z.string().min(1).max(1000) }),
]);
export type SignIn = z.infer<typeof signInSchema>;

/** GET /api/session: who is signed in, and how. */
export const sessionSchema = z.object({
  username: z.string(),
  role: roleSchema,
  /** `recovery` is the break-glass sign-in: read-only. */
  method: z.enum(['password', 'recovery', 'token']),
  expiresAt: z.iso.datetime().nullable(),
});
export type Session = z.infer<typeof sessionSchema>;

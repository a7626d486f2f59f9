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
  /** `oidc`: by an OpenID provider. `recovery` is the break-glass sign-in: read-only. */
  method: z.enum(['password', 'oidc', 'recovery', 'token']),
  expiresAt: z.iso.datetime().nullable(),
});
export type Session = z.infer<typeof sessionSchema>;

/** Why a sign-in by an OpenID provider came to nothing; the sign-in page says it in words. */
export const oidcRefusals = [
  'declined',
  'expired',
  'no_name',
  'no_role',
  'name_taken',
  'switched_off',
  'last_admin',
  'provider_failed',
  'users_unreadable',
] as const;
export type OidcRefusal = (typeof oidcRefusals)[number];

/** GET /api/session/ways: how one can sign in here. */
export const signInWaysSchema = z.object({
  recovery: z.boolean().describe('Whether there is a recovery token.'),
  oidc: z
    .object({
      name: z.string().describe('What the provider is called.'),
      path: z.string().describe('Where it begins.'),
    })
    .nullable()
    .describe('Null: no OpenID provider is set.'),
});
export type SignInWays = z.infer<typeof signInWaysSchema>;

export const oidcStartSchema = z.strictObject({
  next: z.string().max(2000).optional().describe('Path of this manager to go to once signed in.'),
});
export type OidcStart = z.infer<typeof oidcStartSchema>;

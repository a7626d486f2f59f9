import { z } from 'zod';
import { roleSchema } from './session.ts';
import { nameText, sentId } from './text.ts';

const instant = z.iso.datetime();

export const userSchema = z.object({
  id: z.uuid(),
  username: z.string(),
  role: roleSchema,
  disabled: z.boolean(),
  createdAt: instant,
  passwordChangedAt: instant,
});
export type User = z.infer<typeof userSchema>;

/** GET /api/admin/users: every user, by name. */
export const userListSchema = z.object({ users: z.array(userSchema) });
export type UserList = z.infer<typeof userListSchema>;

const password = z
  .string()
  .min(1)
  .max(1000)
  .optional()
  .describe('At least 12 characters; left out, one is generated and told in the answer, this once.');

/** POST /api/admin/users. */
export const newUserSchema = z.strictObject({ username: nameText.min(1), role: roleSchema, password });
export type NewUser = z.infer<typeof newUserSchema>;

/** PATCH /api/admin/users/{id}: what is left out stays. */
export const changeUserSchema = z
  .strictObject({ role: roleSchema.optional(), disabled: z.boolean().optional() })
  .refine((change) => Object.keys(change).length === 1, 'either a role or disabled');
export type ChangeUser = z.infer<typeof changeUserSchema>;

/** POST /api/admin/users/{id}/password. */
export const newPasswordSchema = z.strictObject({ password });
export type NewPassword = z.infer<typeof newPasswordSchema>;

/** A user who was just given a password. */
export const userWithPasswordSchema = userSchema.extend({
  password: z.string().nullable().describe('The generated password, shown this once; null when it was given.'),
});
export type MadeUser = z.infer<typeof userWithPasswordSchema>;

export const accountParamsSchema = z.strictObject({ id: sentId });
export type AccountParams = z.infer<typeof accountParamsSchema>;

export const apiTokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  role: roleSchema,
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable().describe('To the minute; null: not used since this has been noted.'),
});
export type ApiToken = z.infer<typeof apiTokenSchema>;

/** GET /api/admin/tokens: every token ever made, newest first; never the tokens themselves. */
export const apiTokenListSchema = z.object({ tokens: z.array(apiTokenSchema) });
export type ApiTokenList = z.infer<typeof apiTokenListSchema>;

/** POST /api/admin/tokens. */
export const newApiTokenSchema = z.strictObject({
  name: nameText.min(1).max(100),
  role: roleSchema,
  expiresInDays: z.int().min(1).max(3650).nullable().describe('Null: it is valid until it is revoked.'),
});
export type NewApiToken = z.infer<typeof newApiTokenSchema>;

export const madeApiTokenSchema = z.object({
  name: z.string(),
  role: roleSchema,
  expiresAt: instant.nullable(),
  token: z.string().describe('Shown this once; only its hash is kept.'),
});
export type MadeApiToken = z.infer<typeof madeApiTokenSchema>;

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Secret } from '../../base/index.ts';
import { roleSchema } from '../../contract/index.ts';
import type { Identity } from '../types.ts';
import type { DirectoryReading } from './directory.ts';

const hourMs = 3_600_000;

/** How long a session lasts, from sign-in and not from the last use: a working day; break-glass one hour. */
export const sessionLifetimeMs = { password: 12 * hourMs, oidc: 12 * hourMs, recovery: hourMs } as const;

/** What a session cookie carries, encrypted: enough to know its owner while the config database is down. */
export const sealedSessionSchema = z.discriminatedUnion('method', [
  z.object({
    method: z.enum(['password', 'oidc']),
    userId: z.string(),
    username: z.string(),
    role: roleSchema,
    epoch: z.int(),
    issuedAt: z.number(),
  }),
  z.object({ method: z.literal('recovery'), token: z.string(), issuedAt: z.number() }),
]);
export type SealedSession = z.infer<typeof sealedSessionSchema>;

declare module '@fastify/secure-session' {
  interface SessionData {
    account: SealedSession;
  }
}

/** Marks a recovery session with the token it came from, so that changing RECOVERY_TOKEN ends it. */
export function fingerprintOf(recoveryToken: Secret): string {
  return createHash('sha256').update(`plimsoll recovery ${recoveryToken.reveal()}`).digest('base64url').slice(0, 16);
}

/** What a session is judged by. */
export interface SessionEvidence {
  readonly now: Date;
  /** The users as last read; null when they never were. */
  readonly directory: DirectoryReading | null;
  /** Fingerprint of the recovery token in force; undefined without one. */
  readonly recovery: string | undefined;
}

/** Whose session this is; null when it has ended. */
export function judgeSession(sealed: SealedSession, evidence: SessionEvidence): Identity | null {
  const expiresAt = new Date(sealed.issuedAt + sessionLifetimeMs[sealed.method]);
  if (expiresAt <= evidence.now) return null;
  if (sealed.method === 'recovery') {
    if (sealed.token !== evidence.recovery) return null;
    return { username: 'recovery', role: 'auditor', method: 'recovery', expiresAt };
  }
  const { username, role, method } = sealed;
  const standing = evidence.directory?.users.get(sealed.userId);
  if (standing === undefined) {
    // A user added, and signed in through another replica, since the directory was read here.
    const isNewer = evidence.directory === null || sealed.issuedAt >= evidence.directory.readAt.getTime();
    return isNewer ? { username, role, method, expiresAt } : null;
  }
  if (standing.disabled || sealed.epoch < standing.sessionEpoch) return null;
  return { username: standing.username, role: standing.role, method, expiresAt };
}

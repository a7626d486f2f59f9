import type { ApiToken } from '../../src/contract/index.ts';
import type { Look } from '../parts/Status.tsx';

export type ApiTokenState = 'live' | 'expired' | 'revoked';

export const apiTokenLooks: Readonly<Record<ApiTokenState, Look>> = {
  live: { tone: 'good', icon: 'check', word: 'live' },
  expired: { tone: 'plain', icon: 'skip', word: 'expired' },
  revoked: { tone: 'plain', icon: 'lock', word: 'revoked' },
};

/** Whether a token is still taken; `now` in milliseconds by the manager's clock. */
export function apiTokenState(token: ApiToken, now: number): ApiTokenState {
  if (token.revokedAt !== null) return 'revoked';
  return token.expiresAt !== null && Date.parse(token.expiresAt) <= now ? 'expired' : 'live';
}

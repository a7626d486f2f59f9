import type { EnrolmentTokenEntry } from '../../src/contract/index.ts';

export type TokenState = 'open' | 'used up' | 'expired' | 'revoked';

/** Whether a scanner may still enrol with a token; `now` in milliseconds by the manager's clock. */
export function tokenState(token: EnrolmentTokenEntry, now: number): TokenState {
  if (token.revokedAt !== null) return 'revoked';
  if (token.uses >= token.maxUses) return 'used up';
  return Date.parse(token.expiresAt) <= now ? 'expired' : 'open';
}

/** Tokens that are still good apart from those that are not, each newest first as given. */
export function partTokens(tokens: readonly EnrolmentTokenEntry[], now: number) {
  const open = tokens.filter((token) => tokenState(token, now) === 'open');
  return { open, ended: tokens.filter((token) => !open.includes(token)) };
}

import { roles, type Role } from '../../contract/index.ts';

/** What a provider says of somebody: of the ID token, completed by the UserInfo endpoint. */
export type Claims = Readonly<Record<string, unknown>>;

/** Which claims are read, and what they mean here. */
export interface ClaimRules {
  readonly usernameClaim: string;
  readonly rolesClaim: string;
  /** Values of the claim that give each role; `*` is everybody. */
  readonly groups: Readonly<Record<Role, readonly string[]>>;
}

/** The highest role that the claims give; null when they give none. */
export function roleOf(claims: Claims, { rolesClaim, groups }: ClaimRules): Role | null {
  const held = wordsOf(claimAt(claims, rolesClaim));
  return roles.find((role) => groups[role].some((group) => group === '*' || held.includes(group))) ?? null;
}

/** What the provider calls the user; null when it does not say. */
export function usernameOf(claims: Claims, { usernameClaim }: ClaimRules): string | null {
  const name = claimAt(claims, usernameClaim);
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null;
}

/** Whether all that the rules read is there, so that the provider need not be asked for more. */
export function isComplete(claims: Claims, rules: ClaimRules): boolean {
  return usernameOf(claims, rules) !== null && claimAt(claims, rules.rolesClaim) !== undefined;
}

/** A claim by its name, which may itself have dots in it (`https://example.com/roles`), else by a path into objects. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let found: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Claims)[name];
  }
  return found;
}

function wordsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return [claim];
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : [];
}

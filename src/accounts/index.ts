export { accountErrorTable } from './errors.ts';
export type { Actor, Administration } from './change.ts';
export { parseRole } from './role.ts';
export { checkPassword, hashPassword, isPassword } from './passwords.ts';
export { addFirstUser, addUser, changePassword, listUsers, setUserDisabled } from './users/administer.ts';
export {
  readStandings,
  readUserWithPassword,
  type UserListing,
  type UserStanding,
  type UserWithPassword,
} from './users/store.ts';
export { createToken, listTokens, revokeToken } from './tokens/administer.ts';
export { hashToken, isTokenText } from './tokens/token.ts';
export { readLiveToken, readLiveTokens, type LiveToken, type TokenListing } from './tokens/store.ts';
export { insertAuditEvent, type AuditEvent } from './audit/store.ts';

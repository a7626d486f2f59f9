export { accountErrorTable } from './errors.ts';
export type { Actor, Administration } from './change.ts';
export { parseRole } from './role.ts';
export { checkPassword, generatePassword, hashPassword, isPassword } from './passwords.ts';
export {
  addFirstUser,
  addUser,
  changePassword,
  changeRole,
  findUser,
  listUsers,
  setUserDisabled,
} from './users/administer.ts';
export {
  readStandings,
  readUserWithPassword,
  type UserListing,
  type UserStanding,
  type UserWithPassword,
} from './users/store.ts';
export { admitVouched, type Vouched } from './identities/admit.ts';
export { createToken, listTokens, revokeToken } from './tokens/administer.ts';
export { hashToken, isTokenText } from './tokens/token.ts';
export { noteTokenUse, readLiveToken, readLiveTokens, type LiveToken, type TokenListing } from './tokens/store.ts';
export {
  insertAuditEvent,
  readAuditEvents,
  waitedKey,
  type AuditEvent,
  type AuditQuestion,
  type AuditRow,
} from './audit/store.ts';

import type { AppError, Secret } from '../../base/index.ts';
import type { Role } from '../../contract/index.ts';
import { sqlState, sqlStateOf, type Database, type Queryable } from '../../postgres/index.ts';
import { audit, change, named, type Administration } from '../change.ts';
import { accountError } from '../errors.ts';
import { checkPassword, hashPassword } from '../passwords.ts';
import {
  insertUser,
  isFirstUserMissing,
  lockAdmins,
  readUser,
  readUserListing,
  updateDisabled,
  updatePassword,
  updateRole,
  type UserListing,
} from './store.ts';

/** Adds a user and gives its id. Throws user_exists, username_invalid, password_too_weak. */
export async function addUser(
  by: Administration,
  user: { readonly username: string; readonly password: Secret; readonly role: Role },
): Promise<string> {
  checkUsername(user.username);
  checkPassword(user.password, user.username);
  const passwordHash = await hashPassword(user.password);
  return await change(by.database, async (transaction) => {
    const id = await insertNewUser(transaction, { username: user.username, passwordHash, role: user.role });
    await audit(transaction, by, { action: 'user.created', subject: user.username, details: { role: user.role } });
    return id;
  });
}

/** Adds the row of a user. Throws user_exists, username_invalid. */
export async function insertNewUser(transaction: Queryable, row: Parameters<typeof insertUser>[1]): Promise<string> {
  checkUsername(row.username);
  return await insertUser(transaction, row).catch((error: unknown) => {
    throw sqlStateOf(error) === sqlState.uniqueViolation ? userExists(row.username) : error;
  });
}

/** Sets a user's password and ends the user's sessions. Throws user_unknown, password_too_weak. */
export async function changePassword(
  by: Administration,
  user: { readonly username: string; readonly password: Secret },
): Promise<void> {
  checkPassword(user.password, user.username);
  const passwordHash = await hashPassword(user.password);
  await change(by.database, async (transaction) => {
    if (!(await updatePassword(transaction, user.username, passwordHash))) throw userUnknown(user.username);
    await audit(transaction, by, { action: 'user.password_changed', subject: user.username });
  });
}

/** Gives a user another role, which holds for sessions that are open too. Throws user_unknown, last_admin. */
export async function changeRole(
  by: Administration,
  user: { readonly username: string; readonly role: Role },
): Promise<void> {
  await change(by.database, async (transaction) => await changeRoleIn(transaction, by, user));
}

/** The same as a part of a transaction. Throws user_unknown, last_admin. */
export async function changeRoleIn(
  transaction: Queryable,
  by: Pick<Administration, 'actor' | 'clock' | 'requestId'>,
  user: { readonly username: string; readonly role: Role },
): Promise<void> {
  if (user.role !== 'admin') await keepAnAdmin(transaction, user.username);
  if (!(await updateRole(transaction, user.username, user.role))) throw userUnknown(user.username);
  await audit(transaction, by, {
    action: 'user.role_changed',
    subject: user.username,
    details: { role: user.role },
  });
}

/** Switches a user off or on; sessions made before end either way. Throws user_unknown, last_admin. */
export async function setUserDisabled(
  by: Administration,
  user: { readonly username: string; readonly disabled: boolean },
): Promise<void> {
  await change(by.database, async (transaction) => {
    if (user.disabled) await keepAnAdmin(transaction, user.username);
    if (!(await updateDisabled(transaction, user.username, user.disabled))) throw userUnknown(user.username);
    const action = user.disabled ? 'user.disabled' : 'user.enabled';
    await audit(transaction, by, { action, subject: user.username });
  });
}

/** One user, by id. Throws user_unknown. */
export async function findUser(database: Database, id: string): Promise<UserListing> {
  const user = await named(database, readUser(database, id));
  if (user === undefined) throw userUnknown(id);
  return user;
}

/** Every user, by name. */
export async function listUsers(database: Database): Promise<UserListing[]> {
  return await named(database, readUserListing(database));
}

/**
 * Makes the first user, unless there is one already; true if it was made now. Any number of replicas may try at once:
 * they take turns. The password is taken as it is, because it is the operator's own setting or a generated one.
 */
export async function addFirstUser(
  by: Administration,
  user: { readonly username: string; readonly password: Secret },
): Promise<boolean> {
  const passwordHash = await hashPassword(user.password);
  return await change(by.database, async (transaction) => {
    if (!(await isFirstUserMissing(transaction))) return false;
    await insertUser(transaction, { username: user.username, passwordHash, role: 'admin' });
    const details = { role: 'admin', first: true };
    await audit(transaction, by, { action: 'user.created', subject: user.username, details });
    return true;
  });
}

/** Throws `last_admin` if nobody could administer without this user. */
async function keepAnAdmin(transaction: Queryable, username: string): Promise<void> {
  const admins = await lockAdmins(transaction);
  if (admins.length !== 1 || admins[0]?.toLowerCase() !== username.toLowerCase()) return;
  throw accountError('last_admin', {
    message: `${JSON.stringify(username)} is the last admin who is not switched off`,
    hint: 'Make another admin first: `plimsoll user add NAME --role admin`.',
  });
}

/** Throws `username_invalid` for a name that the database would refuse, or that the audit log could mistake. */
function checkUsername(username: string): void {
  const problem = usernameProblem(username);
  if (problem === undefined) return;
  throw accountError('username_invalid', {
    message: `the username ${JSON.stringify(username)} ${problem}`,
    hint: 'Choose a name of 1 to 200 characters without spaces at its ends.',
  });
}

function usernameProblem(username: string): string | undefined {
  if (username.length === 0) return 'is empty';
  if (username.length > 200) return `has ${username.length} characters, expected at most 200`;
  if (username.trim() !== username) return 'begins or ends with a space';
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(username)) return 'has control characters in it';
  return username.toLowerCase() === 'recovery' ? 'is reserved for the break-glass sign-in' : undefined;
}

function userExists(username: string): AppError {
  return accountError('user_exists', {
    message: `a user called ${JSON.stringify(username)} exists already`,
    hint: 'Choose another name, or set a new password with `plimsoll user passwd NAME`.',
  });
}

function userUnknown(username: string): AppError {
  return accountError('user_unknown', {
    message: `there is no user called ${JSON.stringify(username)}`,
    hint: 'Run `plimsoll user list` to see them all.',
  });
}

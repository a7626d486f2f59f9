import type { Role } from '../../contract/index.ts';
import { audit, change, type Administration } from '../change.ts';
import { generatePassword, hashPassword } from '../passwords.ts';
import { changeRoleIn, insertNewUser } from '../users/administer.ts';
import type { UserStanding } from '../users/store.ts';
import { insertIdentity, readByIdentity, touchIdentity, type Identity } from './store.ts';

/** Whom an OpenID provider vouches for. */
export interface Vouched {
  readonly identity: Identity;
  /** What a user is called who comes for the first time; later names change nothing here. */
  readonly username: string;
  /** By the claims of now; the user's role becomes this one. */
  readonly role: Role;
}

/**
 * The user whom a provider vouches for, made at the first sign-in, with the role that the provider gives. A user who is
 * there already under that name is somebody else until proven otherwise, and never linked by the name. Throws
 * user_exists, username_invalid, last_admin.
 */
export async function admitVouched(
  by: Pick<Administration, 'database' | 'clock' | 'requestId'>,
  vouched: Vouched,
): Promise<UserStanding> {
  const { identity, username, role } = vouched;
  // A password that nobody knows: a release that knows of passwords alone can read such a user, too.
  const passwordHash = await hashPassword(generatePassword());
  return await change(by.database, async (transaction) => {
    const found = await readByIdentity(transaction, identity);
    const actor = { name: found?.username ?? username, method: 'oidc' as const };
    if (found === undefined) {
      const id = await insertNewUser(transaction, { username, passwordHash, role });
      await insertIdentity(transaction, identity, id);
      const details = { role, issuer: identity.issuer, subject: identity.subject };
      await audit(transaction, { ...by, actor }, { action: 'user.created', subject: username, details });
      return { id, username, role, disabled: false, sessionEpoch: 1 };
    }
    await touchIdentity(transaction, identity);
    if (found.role !== role && !found.disabled)
      await changeRoleIn(transaction, { ...by, actor }, { username: found.username, role });
    return { ...found, role };
  });
}

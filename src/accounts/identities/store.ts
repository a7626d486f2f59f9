import type { Queryable } from '../../postgres/index.ts';
import { standing, type UserStanding } from '../users/store.ts';

/** Who somebody is to an OpenID provider: the pair of claims that never means anybody else (OpenID Connect Core 5.7). */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** The user behind an identity, locked to the end of the transaction; undefined if there is none yet. */
export async function readByIdentity(
  transaction: Queryable,
  { issuer, subject }: Identity,
): Promise<UserStanding | undefined> {
  // Of two first sign-ins at once, the second finds what the first has made.
  await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${issuer} ${subject}`]);
  const [row] = await transaction.query<UserStanding>(
    `select ${standing} from users
      where id = (select user_id from user_identities where issuer = $1 and subject = $2) for update`,
    [issuer, subject],
  );
  return row;
}

/** Links a user to an identity. */
export async function insertIdentity(
  transaction: Queryable,
  { issuer, subject }: Identity,
  userId: string,
): Promise<void> {
  await transaction.query('insert into user_identities (issuer, subject, user_id) values ($1, $2, $3)', [
    issuer,
    subject,
    userId,
  ]);
}

/** Notes that somebody signed in by an identity. */
export async function touchIdentity(transaction: Queryable, { issuer, subject }: Identity): Promise<void> {
  await transaction.query('update user_identities set last_sign_in_at = now() where issuer = $1 and subject = $2', [
    issuer,
    subject,
  ]);
}

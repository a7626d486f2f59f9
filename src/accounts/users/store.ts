import type { Role } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';

/** What the manager remembers of each user to judge sessions by. */
export interface UserStanding {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** Sessions made under a lower number have ended. */
  readonly sessionEpoch: number;
}

export interface UserWithPassword extends UserStanding {
  readonly passwordHash: string;
}

export interface UserListing {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly createdAt: Date;
  readonly passwordChangedAt: Date;
}

/** The columns of a standing. */
export const standing = `id, username, role, disabled_at is not null as disabled, session_epoch as "sessionEpoch"`;

/** The standing of every user. */
export async function readStandings(database: Queryable): Promise<UserStanding[]> {
  return await database.query<UserStanding>(`select ${standing} from users`);
}

/** One user by name, in any case; undefined if there is none. */
export async function readUserWithPassword(
  database: Queryable,
  username: string,
): Promise<UserWithPassword | undefined> {
  const [row] = await database.query<UserWithPassword>(
    `select ${standing}, password_hash as "passwordHash" from users where lower(username) = lower($1)`,
    [username],
  );
  return row;
}

const listing = `id, username, role, disabled_at is not null as disabled, created_at as "createdAt",
                 password_changed_at as "passwordChangedAt"`;

/** Every user, by name. */
export async function readUserListing(database: Queryable): Promise<UserListing[]> {
  return await database.query<UserListing>(`select ${listing} from users order by lower(username)`);
}

/** One user by id; undefined if there is none. */
export async function readUser(database: Queryable, id: string): Promise<UserListing | undefined> {
  const [row] = await database.query<UserListing>(`select ${listing} from users where id = $1`, [id]);
  return row;
}

/** Adds a user and gives its id; a name in use breaks the unique index. */
export async function insertUser(
  database: Queryable,
  user: { readonly username: string; readonly passwordHash: string; readonly role: Role },
): Promise<string> {
  const [row] = await database.query<{ id: string }>(
    'insert into users (username, password_hash, role) values ($1, $2, $3) returning id',
    [user.username, user.passwordHash, user.role],
  );
  return row?.id ?? '';
}

/** Sets a password and ends the user's sessions; false if there is no such user. */
export async function updatePassword(database: Queryable, username: string, passwordHash: string): Promise<boolean> {
  const rows = await database.query(
    `update users set password_hash = $2, password_changed_at = now(), session_epoch = session_epoch + 1
      where lower(username) = lower($1) returning id`,
    [username, passwordHash],
  );
  return rows.length > 0;
}

/** Gives a user a role; false if there is no such user. */
export async function updateRole(database: Queryable, username: string, role: Role): Promise<boolean> {
  const rows = await database.query('update users set role = $2 where lower(username) = lower($1) returning id', [
    username,
    role,
  ]);
  return rows.length > 0;
}

/**
 * The names of those who may administer, locked to the end of the transaction: of two changes at once that would each
 * leave one admin, the second sees what the first has done.
 */
export async function lockAdmins(transaction: Queryable): Promise<readonly string[]> {
  const rows = await transaction.query<{ username: string }>(
    `select username from users where role = 'admin' and disabled_at is null order by id for update`,
  );
  return rows.map(({ username }) => username);
}

/** Switches a user off (ending the sessions) or on again; false if there is no such user. */
export async function updateDisabled(database: Queryable, username: string, disabled: boolean): Promise<boolean> {
  const rows = await database.query(
    `update users set disabled_at = case when $2 then coalesce(disabled_at, now()) end, session_epoch = session_epoch + 1
      where lower(username) = lower($1) returning id`,
    [username, disabled],
  );
  return rows.length > 0;
}

/** Whether there is no user at all, asked under a lock that lasts to the end of the transaction. */
export async function isFirstUserMissing(transaction: Queryable): Promise<boolean> {
  await transaction.query(`select pg_advisory_xact_lock(hashtextextended('plimsoll first user', 0))`);
  const rows = await transaction.query('select 1 from users limit 1');
  return rows.length === 0;
}

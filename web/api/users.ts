import { queryOptions } from '@tanstack/react-query';
import type { ChangeUser, MadeUser, NewUser, User, UserList } from '../../src/contract/index.ts';
import { readJson, sendJson } from './http.ts';
import { readLive } from './live.ts';
import { calm } from './poll.ts';

const path = '/api/admin/users';

/** Every user, by name. */
export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => await readLive<UserList>(path, signal),
  ...calm,
});

/** Adds a user; without a password one is generated, which is in this answer and nowhere else. */
export async function addUser(user: NewUser): Promise<MadeUser> {
  return (await readJson(await sendJson('POST', path, user))) as MadeUser;
}

/** Gives a user another role, or switches the user off or on. */
export async function changeUser({ id, ...change }: ChangeUser & { readonly id: string }): Promise<User> {
  return (await readJson(await sendJson('PATCH', `${path}/${id}`, change))) as User;
}

/** Gives a user a generated password, which is in this answer and nowhere else. */
export async function resetPassword(id: string): Promise<MadeUser> {
  return (await readJson(await sendJson('POST', `${path}/${id}/password`, {}))) as MadeUser;
}

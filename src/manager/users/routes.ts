import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  addUser,
  changePassword,
  changeRole,
  findUser,
  generatePassword,
  listUsers,
  setUserDisabled,
  type UserListing,
} from '../../accounts/index.ts';
import { Secret, type Clock } from '../../base/index.ts';
import {
  accountParamsSchema,
  changeUserSchema,
  newPasswordSchema,
  newUserSchema,
  userListSchema,
  userSchema,
  userWithPasswordSchema,
  type AccountParams,
  type ChangeUser,
  type MadeUser,
  type NewPassword,
  type NewUser,
  type User,
} from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { managerError } from '../errors.ts';
import { administrationOf } from '../session/deeds.ts';
import type { Directory } from '../session/directory.ts';

export interface UserRoutesDeps {
  readonly config: Database;
  readonly clock: Clock;
  readonly directory: Directory;
}

const unread = [
  'database_unreachable',
  'database_connection_lost',
  'database_timeout',
  'accounts_not_migrated',
] as const;
const changing = ['cross_site', 'read_only', ...unread] as const;
const admins = { access: ['admin'], tag: 'users' } as const;

/** Admin > Users. A change holds at once for whoever asks this manager, and within seconds at the others. */
export function userRoutes(app: FastifyInstance, deps: UserRoutesDeps): void {
  const { config, directory } = deps;

  app.route({
    method: 'GET',
    url: '/api/admin/users',
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'users',
        summary: 'Lists the users by name.',
        responses: { 200: userListSchema },
        problems: unread,
      },
    },
    handler: async () => ({ users: (await listUsers(config)).map(entryOf) }),
  });

  app.route<{ Body: NewUser }>({
    method: 'POST',
    url: '/api/admin/users',
    schema: { body: newUserSchema },
    config: {
      facts: {
        ...admins,
        summary: 'Adds a user, with a password of your choice or a generated one.',
        responses: { 201: userWithPasswordSchema },
        problems: [...changing, 'user_exists', 'username_invalid', 'password_too_weak'],
      },
    },
    handler: async (request, reply) => {
      const { username, role } = request.body;
      const { password, told } = passwordOf(request.body.password);
      const id = await addUser(administrationOf(deps, request), { username, role, password });
      await directory.refresh();
      const made: MadeUser = { ...entryOf(await findUser(config, id)), password: told };
      return await reply.code(201).send(made);
    },
  });

  changeRoutes(app, deps);
}

function changeRoutes(app: FastifyInstance, deps: UserRoutesDeps): void {
  const { config, directory } = deps;

  app.route<{ Params: AccountParams; Body: ChangeUser }>({
    method: 'PATCH',
    url: '/api/admin/users/:id',
    schema: { params: accountParamsSchema, body: changeUserSchema },
    config: {
      facts: {
        ...admins,
        summary: 'Gives a user another role, or switches a user off or on.',
        responses: { 200: userSchema },
        problems: [...changing, 'user_unknown', 'last_admin', 'own_account'],
      },
    },
    handler: async (request): Promise<User> => {
      const { role, disabled } = request.body;
      const { username } = await findUser(config, request.params.id);
      const by = administrationOf(deps, request);
      if (role !== 'admin' && disabled !== false) refuseOwnAccount(request, username);
      if (role !== undefined) await changeRole(by, { username, role });
      if (disabled !== undefined) await setUserDisabled(by, { username, disabled });
      await directory.refresh();
      return entryOf(await findUser(config, request.params.id));
    },
  });

  app.route<{ Params: AccountParams; Body: NewPassword }>({
    method: 'POST',
    url: '/api/admin/users/:id/password',
    schema: { params: accountParamsSchema, body: newPasswordSchema },
    config: {
      facts: {
        ...admins,
        summary: 'Gives a user another password, of your choice or generated, and ends the sessions of that user.',
        responses: { 200: userWithPasswordSchema },
        problems: [...changing, 'user_unknown', 'password_too_weak'],
      },
    },
    handler: async (request): Promise<MadeUser> => {
      const { username } = await findUser(config, request.params.id);
      const { password, told } = passwordOf(request.body.password);
      await changePassword(administrationOf(deps, request), { username, password });
      await directory.refresh();
      return { ...entryOf(await findUser(config, request.params.id)), password: told };
    },
  });
}

/** Throws `own_account` when whoever asks is that user: a slip of the hand must not shut the door from outside. */
function refuseOwnAccount({ identity }: Pick<FastifyRequest, 'identity'>, username: string): void {
  if (identity?.method !== 'password' || identity.username.toLowerCase() !== username.toLowerCase()) return;
  throw managerError('own_account', {
    message: `you are signed in as ${JSON.stringify(username)}`,
    hint: 'Have another admin do it, or use `plimsoll user` in a terminal.',
  });
}

/** The password that was chosen; or a generated one, which is told. */
function passwordOf(chosen: string | undefined): { readonly password: Secret; readonly told: string | null } {
  if (chosen !== undefined) return { password: new Secret(chosen), told: null };
  const password = generatePassword();
  return { password, told: password.reveal() };
}

function entryOf({ createdAt, passwordChangedAt, ...user }: UserListing): User {
  return { ...user, createdAt: createdAt.toISOString(), passwordChangedAt: passwordChangedAt.toISOString() };
}

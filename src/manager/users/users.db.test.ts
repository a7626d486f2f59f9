import { expect, test } from 'vitest';
import { createTestManager, passwords, signInRequest, type TestManager } from '../../../test/testkit/test-manager.ts';
import { userListSchema, userSchema, userWithPasswordSchema } from '../../contract/index.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

function callWith(setup: TestManager, headers: Record<string, string>) {
  return async (method: Method, url: string, payload?: object) =>
    await setup.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
}

async function idOf(setup: TestManager, username: string): Promise<string> {
  const response = await setup.inject({ url: '/api/admin/users', headers: { cookie: await setup.signIn('auditor') } });
  const { users } = userListSchema.parse(response.json());
  return users.find((user) => user.username === username)?.id ?? '';
}

async function statusOf(setup: TestManager, username: string, password: string): Promise<number> {
  return (await setup.inject(signInRequest(username, password))).statusCode;
}

async function auditOf(setup: TestManager, subject: string): Promise<readonly unknown[]> {
  const text = 'select actor, action, details, request_id from audit_events where subject = $1 order by id';
  return await setup.databases.config.query('app', text, [subject]);
}

test('a user is added, given another role, switched off, and given a new password, each with its line in the audit log', async () => {
  await using setup = await createTestManager();
  const call = callWith(setup, { cookie: await setup.signIn('admin') });
  const made = await call('POST', '/api/admin/users', { username: 'grace', role: 'user' });
  expect(made.statusCode).toBe(201);
  const { id, password } = userWithPasswordSchema.parse(made.json());
  expect(password).toMatch(/^[0-9A-F-]{35}$/);
  expect(await statusOf(setup, 'grace', password ?? '')).toBe(200);

  const path = `/api/admin/users/${id}`;
  const raised = userSchema.parse((await call('PATCH', path, { role: 'auditor' })).json());
  expect(raised).toMatchObject({ username: 'grace', role: 'auditor', disabled: false });
  const session = await setup.inject(signInRequest('grace', password ?? ''));
  const cookie = session.headers['set-cookie'];
  const asGrace = callWith(setup, { cookie: String(cookie).split(';')[0] ?? '' });
  expect((await asGrace('GET', '/api/admin/release')).statusCode).toBe(200);

  expect((await call('PATCH', path, { disabled: true })).json()).toMatchObject({ disabled: true });
  expect((await asGrace('GET', '/api/admin/release')).statusCode).toBe(401);
  expect(await statusOf(setup, 'grace', password ?? '')).toBe(401);
  expect((await call('PATCH', path, { disabled: false })).json()).toMatchObject({ disabled: false });

  const chosen = 'a passphrase of her own';
  const reset = await call('POST', `${path}/password`, { password: chosen });
  expect(reset.json()).toMatchObject({ username: 'grace', password: null });
  expect(await statusOf(setup, 'grace', password ?? '')).toBe(401);
  expect(await statusOf(setup, 'grace', chosen)).toBe(200);
  const deeds = (await auditOf(setup, 'grace')) as { actor: string; action: string; request_id: string | null }[];
  expect(deeds.filter(({ action }) => action.startsWith('user.')).map(({ action }) => action)).toEqual([
    'user.created',
    'user.role_changed',
    'user.disabled',
    'user.enabled',
    'user.password_changed',
  ]);
  expect(deeds.every(({ action, request_id }) => action === 'session.created' || request_id !== null)).toBe(true);
  expect(JSON.stringify(deeds)).not.toContain(chosen);
});

test('nobody locks themselves out, and the last admin stays, also when two take the role from each other at once', async () => {
  await using setup = await createTestManager();
  const call = callWith(setup, { cookie: await setup.signIn('admin') });
  const admin = `/api/admin/users/${await idOf(setup, 'admin')}`;
  for (const change of [{ role: 'user' }, { disabled: true }]) {
    expect((await call('PATCH', admin, change)).json()).toMatchObject({ status: 409, code: 'own_account' });
    const byToken = callWith(setup, { authorization: await tokenOnce(setup) });
    expect((await byToken('PATCH', admin, change)).json()).toMatchObject({
      status: 409,
      code: 'last_admin',
      remedy: 'Make another admin first: `npx plimsoll user add NAME --role admin`.',
    });
  }
  expect((await call('PATCH', admin, { role: 'admin' })).statusCode).toBe(200);

  const { password } = userWithPasswordSchema.parse(
    (await call('POST', '/api/admin/users', { username: 'second', role: 'admin' })).json(),
  );
  const signedIn = await setup.inject(signInRequest('second', password ?? ''));
  const other = callWith(setup, { cookie: String(signedIn.headers['set-cookie']).split(';')[0] ?? '' });
  const second = `/api/admin/users/${await idOf(setup, 'second')}`;
  const answers = await Promise.all([
    call('PATCH', second, { disabled: true }),
    other('PATCH', admin, { disabled: true }),
  ]);
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  const left = await setup.databases.config.query(
    'app',
    `select 1 from users where role = 'admin' and disabled_at is null`,
  );
  expect(left).toHaveLength(1);
});

let token: string | undefined;
/** Tokens of one name can be made once. */
async function tokenOnce(setup: TestManager): Promise<string> {
  token ??= await setup.token('admin');
  return token;
}

test('what cannot be is refused with its reason', async () => {
  await using setup = await createTestManager();
  const call = callWith(setup, { cookie: await setup.signIn('admin') });
  const refused = async (payload: object) => (await call('POST', '/api/admin/users', payload)).json<object>();
  expect(await refused({ username: 'ADMIN', role: 'user' })).toMatchObject({ status: 409, code: 'user_exists' });
  expect(await refused({ username: 'ada', role: 'user', password: 'short' })).toMatchObject({
    status: 400,
    code: 'password_too_weak',
  });
  expect(await refused({ username: 'a\u202Eb', role: 'user' })).toMatchObject({ status: 400, code: 'request_invalid' });
  expect(await refused({ username: 'recovery', role: 'user' })).toMatchObject({ code: 'username_invalid' });
  expect(await refused({ username: 'ada', role: 'root' })).toMatchObject({ code: 'request_invalid' });
  const nobody = '/api/admin/users/0198c0de-0000-4000-8000-000000000000';
  expect((await call('PATCH', nobody, { disabled: true })).json()).toMatchObject({ status: 404, code: 'user_unknown' });
  expect((await call('PATCH', nobody, { disabled: true, role: 'user' })).statusCode).toBe(400);
  await setup.proxy.stop();
  expect((await call('GET', '/api/admin/users')).json()).toMatchObject({
    status: 503,
    code: expect.stringMatching(/^database_/) as string,
  });
  expect(
    (await call('POST', '/api/admin/users', { username: 'ada', role: 'user', password: passwords.user })).statusCode,
  ).toBe(503);
});

import { expect, onTestFinished, test } from 'vitest';
import { addUser, setUserDisabled } from '../../accounts/index.ts';
import { Secret } from '../../base/index.ts';
import { waitFor } from '../../../test/testkit/index.ts';
import { oidcClient, startOidcProvider, type ProviderOptions } from '../../../test/testkit/oidc-provider.ts';
import { by, cookieOf, createTestManager, type TestManager } from '../../../test/testkit/test-manager.ts';

const callback = 'http://localhost/api/session/oidc/callback';
const ada = { preferred_username: 'ada', groups: ['ops'] };

/** A manager whose people sign in by a real provider. */
async function setup(options: Partial<ProviderOptions> = {}) {
  const people = new Map<string, Readonly<Record<string, unknown>>>([['1', ada]]);
  const provider = await startOidcProvider({ people, ...options });
  onTestFinished(async () => await provider[Symbol.asyncDispose]());
  provider.redirectTo(callback);
  const oidc = {
    name: 'Ardent ID',
    issuer: provider.issuer,
    clientId: oidcClient.id,
    clientSecret: new Secret(oidcClient.secret),
    scopes: 'openid profile',
    usernameClaim: 'preferred_username',
    rolesClaim: 'groups',
    groups: { admin: ['ops'], auditor: ['board'], user: ['staff'] },
  };
  const manager = await createTestManager({ deps: { oidc } });
  onTestFinished(async () => await manager[Symbol.asyncDispose]());
  const begin = async (next?: string) => await beginAt(manager, next);
  const signIn = async (subject: string, next?: string) => {
    const { address, cookie } = await begin(next);
    return await finishAt(manager, await provider.signIn(address, subject), cookie);
  };
  const told = async () =>
    await manager.databases.config.query(
      'app',
      'select actor, actor_method as method, action, subject, details from audit_events order by id',
    );
  return { people, provider, manager, begin, signIn, told, oidc };
}

async function beginAt(manager: TestManager, next?: string) {
  const query = next === undefined ? '' : `?next=${encodeURIComponent(next)}`;
  const answer = await manager.inject(`/api/session/oidc${query}`);
  expect(answer.statusCode).toBe(303);
  const [flow] = answer.cookies;
  return { address: String(answer.headers.location), cookie: cookieOf(answer), flow };
}

/** The browser comes back; gives where it is led to, and the session that it got. */
async function finishAt(manager: TestManager, address: string, cookie: string) {
  const url = new URL(address);
  const answer = await manager.inject({ url: `${url.pathname}${url.search}`, headers: { cookie } });
  expect(answer.statusCode).toBe(303);
  const session = answer.cookies.find(({ name, value }) => !name.endsWith('_oidc') && value !== '');
  return { to: answer.headers.location, session, cookie: session === undefined ? '' : cookieOf(answer) };
}

test('who is vouched for is made a user with the role of the groups, is led on, and stands in the audit log', async () => {
  const { manager, begin, signIn, told, oidc } = await setup();
  const { address, flow } = await begin();
  const asked = new URL(address).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({ redirect_uri: callback, code_challenge_method: 'S256' });
  expect(asked.get('nonce')).not.toBeNull();
  expect(flow).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/api/session/oidc', maxAge: 600 });

  const { to, session, cookie } = await signIn('1', '/scans?text=a');
  expect(to).toBe('/scans?text=a');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
  const who = await manager.inject({ url: '/api/session', headers: { cookie } });
  expect(who.json()).toMatchObject({ username: 'ada', role: 'admin', method: 'oidc' });
  await waitFor(async () => (await told()).some(({ action }) => action === 'session.created'), {
    what: 'the audit row',
  });
  expect((await told()).filter(({ actor }) => actor === 'ada')).toEqual([
    {
      actor: 'ada',
      method: 'oidc',
      action: 'user.created',
      subject: 'ada',
      details: { role: 'admin', issuer: oidc.issuer, subject: '1' },
    },
    { actor: 'ada', method: 'oidc', action: 'session.created', subject: 'ada', details: { address: '127.0.0.1' } },
  ]);
});

test('later sign-ins go by the subject: another name changes nothing, other groups change the role', async () => {
  const { people, manager, signIn } = await setup();
  await signIn('1');
  people.set('1', { preferred_username: 'ada.byron', groups: ['board'] });
  const { cookie } = await signIn('1');
  const who = await manager.inject({ url: '/api/session', headers: { cookie } });
  expect(who.json()).toMatchObject({ username: 'ada', role: 'auditor' });
  const [count] = await manager.databases.config.query('app', 'select count(*)::integer as n from user_identities');
  expect(count).toEqual({ n: 1 });
});

test('names and groups that only the UserInfo endpoint tells are asked for there', async () => {
  const { manager, signIn } = await setup({ tellsAtOnce: false });
  const { cookie } = await signIn('1');
  const who = await manager.inject({ url: '/api/session', headers: { cookie } });
  expect(who.json()).toMatchObject({ username: 'ada', role: 'admin' });
});

test('nobody gets in without a role, without a name, switched off, or under the name of somebody else', async () => {
  const { people, manager, signIn } = await setup();
  await addUser(by(manager.admin), { username: 'grace', password: new Secret('long enough for this'), role: 'user' });
  people.set('none', { preferred_username: 'mallory', groups: ['football'] });
  people.set('nameless', { groups: ['ops'] });
  people.set('taker', { preferred_username: 'Grace', groups: ['ops'] });
  people.set('posing', { preferred_username: 'recovery', groups: ['ops'] });
  await signIn('1');
  await setUserDisabled(by(manager.admin), { username: 'ada', disabled: true });
  const refused: Record<string, unknown> = {};
  for (const subject of ['none', 'nameless', 'taker', 'posing', '1']) {
    const { to, session } = await signIn(subject);
    refused[subject] = to;
    expect(session).toBeUndefined();
  }
  expect(refused).toEqual({
    none: '/sign-in?oidc=no_role',
    nameless: '/sign-in?oidc=no_name',
    taker: '/sign-in?oidc=name_taken',
    posing: '/sign-in?oidc=no_name',
    '1': '/sign-in?oidc=switched_off',
  });
  const rows = await manager.databases.config.query('app', 'select username from users order by username');
  expect(rows.map(({ username }) => username)).toEqual(['ada', 'admin', 'auditor', 'grace', 'user']);
});

test('what a browser brings that was not begun in it, or not asked for, opens nothing', async () => {
  const { provider, manager, begin } = await setup();
  const mine = await begin();
  const theirs = await begin();
  const back = await provider.signIn(theirs.address, '1');
  const forged = new URL(back);
  forged.searchParams.set('code', 'guessed');
  expect((await finishAt(manager, back, mine.cookie)).to).toBe('/sign-in?oidc=provider_failed');
  expect((await finishAt(manager, back, 'none=at-all')).to).toBe('/sign-in?oidc=expired');
  expect((await finishAt(manager, forged.href, theirs.cookie)).to).toBe('/sign-in?oidc=provider_failed');
  const declined = new URL(callback);
  declined.search = new URLSearchParams({
    error: 'access_denied',
    state: String(new URL(mine.address).searchParams.get('state')),
    iss: provider.issuer,
  }).toString();
  expect((await finishAt(manager, declined.href, mine.cookie)).to).toBe('/sign-in?oidc=declined');
});

test('whoever wants to be led to another site is led home', async () => {
  const { signIn } = await setup();
  for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a b'])
    expect((await signIn('1', next)).to, next).toBe('/');
});

test('a provider or a config database that is down is told as that, and passwords go on', async () => {
  const { provider, manager, begin } = await setup();
  const { address, cookie } = await begin();
  const back = await provider.signIn(address, '1');
  manager.proxy.pause();
  expect((await finishAt(manager, back, cookie)).to).toBe('/sign-in?oidc=users_unreadable');
  manager.proxy.resume();
  await provider[Symbol.asyncDispose]();
  expect((await finishAt(manager, back, cookie)).to).toBe('/sign-in?oidc=provider_failed');
  await manager.signIn('admin');
  expect(manager.logs.join('')).not.toContain(oidcClient.secret);
});

test('the sign-in page is told which ways there are', async () => {
  const { manager } = await setup();
  const ways = await manager.inject('/api/session/ways');
  expect(ways.json()).toEqual({ recovery: true, oidc: { name: 'Ardent ID', path: '/api/session/oidc' } });
});

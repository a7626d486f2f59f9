import { describe, expect, it } from 'vitest';
import { changePassword, revokeToken, setUserDisabled } from '../../accounts/index.ts';
import { Secret, withDeadline } from '../../base/index.ts';
import { manualClock, waitFor } from '../../../test/testkit/index.ts';
import {
  by,
  cookieOf,
  createTestManager,
  passwords,
  recoveryToken,
  signInRequest,
  type TestManager,
} from '../../../test/testkit/test-manager.ts';

const recover = { method: 'POST', url: '/api/session', payload: { recoveryToken } } as const;

async function statusWith(setup: TestManager, headers: Record<string, string>, url = '/api/session'): Promise<number> {
  return (await setup.inject({ url, headers })).statusCode;
}

async function auditActions(setup: TestManager): Promise<unknown[]> {
  const rows = await setup.databases.config.query('app', 'select actor, action from audit_events order by id');
  return rows.map((row) => `${String(row['actor'])} ${String(row['action'])}`);
}

describe('signing in', () => {
  it('gives a session cookie that scripts cannot read, and says who is signed in', async () => {
    await using setup = await createTestManager();
    const response = await setup.inject(signInRequest('ADMIN', passwords.admin));
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ username: 'admin', role: 'admin', method: 'password' });
    expect(response.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', maxAge: 43_200 });
    expect(response.cookies[0]).not.toHaveProperty('secure');
    const who = await setup.inject({ url: '/api/session', headers: { cookie: cookieOf(response) } });
    expect(who.json()).toEqual(response.json());
    await waitFor(async () => (await auditActions(setup)).includes('admin session.created'), { what: 'the audit row' });
  });

  it('refuses a wrong password, an unknown user and a user who is switched off with the same answer', async () => {
    await using setup = await createTestManager();
    await setUserDisabled(by(setup.admin), { username: 'user', disabled: true });
    const answers = await Promise.all(
      [
        ['admin', 'not the password'],
        ['nobody', passwords.admin],
        ['user', passwords.user],
      ].map(async ([username = '', password = '']) => await setup.inject(signInRequest(username, password))),
    );
    const told = answers.map((answer) => ({ ...answer.json<object>(), requestId: '' }));
    expect(told[0]).toMatchObject({ status: 401, code: 'credentials_refused' });
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    expect(answers.flatMap((answer) => answer.cookies)).toEqual([]);
  });

  it('stops guessing at one address without locking the admin out at another', async () => {
    await using setup = await createTestManager({ clock: manualClock(new Date()) });
    const guess = { ...signInRequest('admin', 'guess'), remoteAddress: '203.0.113.9' };
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await setup.inject(guess)).statusCode).toBe(401);
    const stopped = await setup.inject(guess);
    expect(stopped.statusCode).toBe(429);
    expect(stopped.headers['retry-after']).toBe('12');
    expect(stopped.json()).toMatchObject({ code: 'too_many_attempts' });
    const elsewhere = { ...signInRequest('admin', passwords.admin), remoteAddress: '198.51.100.7' };
    expect((await setup.inject(elsewhere)).statusCode).toBe(200);
  });

  it('lets guessing go on only as slowly as attempts come back', async () => {
    const clock = manualClock(new Date());
    await using setup = await createTestManager({ clock });
    for (let attempt = 0; attempt < 5; attempt += 1) await setup.inject(signInRequest('admin', 'guess'));
    clock.advance(12_000);
    expect((await setup.inject(signInRequest('admin', passwords.admin))).statusCode).toBe(200);
  });

  it('does not count successes: a busy office signs in as often as it likes', async () => {
    await using setup = await createTestManager();
    for (let attempt = 0; attempt < 25; attempt += 1) await setup.signIn('user');
  });

  it('marks the cookie Secure, and sends HSTS, when a trusted proxy says the request came over TLS', async () => {
    await using setup = await createTestManager({ deps: { trustedProxies: ['127.0.0.1'] } });
    const headers = { 'x-forwarded-proto': 'https' };
    const trusted = await setup.inject({ ...signInRequest('admin', passwords.admin), headers });
    expect(trusted.cookies[0]).toMatchObject({ secure: true });
    expect(trusted.headers['strict-transport-security']).toBe('max-age=31536000');
    const stranger = { ...signInRequest('admin', passwords.admin), headers, remoteAddress: '203.0.113.9' };
    expect((await setup.inject(stranger)).cookies[0]).not.toHaveProperty('secure');
  });
});

describe('a session', () => {
  it('ends by signing out', async () => {
    await using setup = await createTestManager();
    const cookie = await setup.signIn('admin');
    const out = await setup.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } });
    expect(out.statusCode).toBe(204);
    expect(out.cookies[0]).toMatchObject({ value: '', maxAge: 0 });
  });

  it('ends when the user is switched off or the password is changed, within one refresh', async () => {
    await using setup = await createTestManager();
    const disabled = await setup.signIn('user');
    const changed = await setup.signIn('auditor');
    const stays = await setup.signIn('admin');
    await setUserDisabled(by(setup.admin), { username: 'user', disabled: true });
    await changePassword(by(setup.admin), { username: 'auditor', password: new Secret('an altogether new one') });
    await waitFor(async () => (await statusWith(setup, { cookie: disabled })) === 401, { what: 'the end of one' });
    await waitFor(async () => (await statusWith(setup, { cookie: changed })) === 401, { what: 'the end of the other' });
    expect(await statusWith(setup, { cookie: stays })).toBe(200);
  });

  it('ends twelve hours after sign-in, however much it was used', async () => {
    const clock = manualClock(new Date());
    await using setup = await createTestManager({ clock });
    const cookie = await setup.signIn('admin');
    clock.advance(12 * 3_600_000 - 1);
    expect(await statusWith(setup, { cookie })).toBe(200);
    clock.advance(1);
    expect(await statusWith(setup, { cookie })).toBe(401);
  });

  it.each([
    ['junk', 'hello'],
    ['no nonce', 'aGVsbG8='],
    ['percent rubbish', '%E0%A4%A'],
    ['two halves of rubbish', 'aGVsbG8%3D%3BaGVsbG8%3D'],
  ])('is not one when its cookie is %s', async (_, value) => {
    await using setup = await createTestManager({ users: [] });
    const cookie = `${setup.deps.sessionKeys.cookieName}=${value}`;
    expect(await statusWith(setup, { cookie })).toBe(401);
  });

  it('is not one when a single character of its cookie was changed', async () => {
    await using setup = await createTestManager({ users: ['admin'] });
    const cookie = await setup.signIn('admin');
    const at = cookie.indexOf('=') + 20;
    const changed = `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`;
    expect(await statusWith(setup, { cookie: changed })).toBe(401);
  });
});

describe('with the config database down', () => {
  it('existing sessions go on, sign-in answers 503 with the way in, and that way works and is audited later', async () => {
    await using setup = await createTestManager();
    const cookie = await setup.signIn('admin');
    await setup.proxy.stop();
    expect(await statusWith(setup, { cookie }, '/api/admin/release')).toBe(200);

    const refused = await setup.inject(signInRequest('admin', passwords.admin));
    expect(refused.statusCode).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'sign_in_unavailable', recovery: true });
    expect(refused.json<{ remedy: string }>().remedy).toContain('RECOVERY_TOKEN');

    const recovered = await setup.inject(recover);
    expect(recovered.json()).toMatchObject({ username: 'recovery', role: 'auditor', method: 'recovery' });
    expect(await statusWith(setup, { cookie: cookieOf(recovered) }, '/api/admin/release')).toBe(200);
    expect(await auditActions(setup)).not.toContain('recovery session.created');
    expect(setup.logs.some((line) => line.includes('audit: session.created'))).toBe(true);

    await setup.proxy.start();
    const written = async (): Promise<boolean> => (await auditActions(setup)).includes('recovery session.created');
    await waitFor(written, { what: 'the audit row written once the database is back' });
  });

  it('answers sign-in within three seconds when the database accepts and never answers', async () => {
    await using setup = await createTestManager();
    setup.proxy.pause();
    const refused = await withDeadline(3000, async () => await setup.inject(signInRequest('admin', passwords.admin)));
    expect(refused.json()).toMatchObject({ status: 503, code: 'sign_in_unavailable' });
  });

  it('trusts the cookie of another replica when it has never been able to read the users itself', async () => {
    await using first = await createTestManager();
    const cookie = await first.signIn('admin');
    await using second = await createTestManager({ users: [], migrated: false });
    expect(await statusWith(second, { cookie })).toBe(200);
  });
});

describe('the recovery token', () => {
  it('opens a session that reads and changes nothing, for one hour', async () => {
    const clock = manualClock(new Date());
    await using setup = await createTestManager({ clock });
    const cookie = cookieOf(await setup.inject(recover));
    const write = await setup.inject({
      method: 'POST',
      url: '/api/scans',
      headers: { cookie },
      payload: { name: 'x' },
    });
    expect(write.json()).toMatchObject({ status: 403, code: 'read_only' });
    clock.advance(3_600_000);
    expect(await statusWith(setup, { cookie })).toBe(401);
  });

  it.each([
    ['a wrong one is given', { recoveryToken: new Secret(recoveryToken) }, 'break-glass-recovery-tokeN'],
    ['none is set', { recoveryToken: undefined }, recoveryToken],
  ])('is refused when %s', async (_, deps, given) => {
    await using setup = await createTestManager({ users: [], deps });
    const response = await setup.inject({ ...recover, payload: { recoveryToken: given } });
    expect(response.json()).toMatchObject({ status: 401, code: 'credentials_refused' });
  });

  it('ends its sessions when it is changed', async () => {
    await using before = await createTestManager({ users: [] });
    const cookie = cookieOf(await before.inject(recover));
    await using after = await createTestManager({
      users: [],
      deps: { recoveryToken: new Secret('another recovery token') },
    });
    expect(await statusWith(after, { cookie })).toBe(401);
  });
});

describe('an API token', () => {
  it('works at once after it was made, and no longer once it is revoked', async () => {
    await using setup = await createTestManager();
    const authorization = await setup.token('auditor');
    const who = await setup.inject({ url: '/api/session', headers: { authorization } });
    expect(who.json()).toEqual({ username: 'token of auditor', role: 'auditor', method: 'token', expiresAt: null });
    await revokeToken(by(setup.admin), { name: 'token of auditor' });
    await waitFor(async () => (await statusWith(setup, { authorization })) === 401, { what: 'the refusal' });
  });

  it('works while the config database is down, if it was known before', async () => {
    await using setup = await createTestManager();
    const authorization = await setup.token('auditor');
    expect(await statusWith(setup, { authorization }, '/api/admin/release')).toBe(200);
    await setup.proxy.stop();
    expect(await statusWith(setup, { authorization }, '/api/admin/release')).toBe(200);
  });

  it('that nobody knows is refused, and asks the database only so often', async () => {
    await using setup = await createTestManager();
    const headers = (digit: number) => ({ authorization: `Bearer plm_${String(digit).padStart(43, 'x')}` });
    const first = await setup.inject({ url: '/api/session', headers: headers(0) });
    expect(first.json()).toMatchObject({
      status: 401,
      code: 'token_refused',
      // As it is typed in this deployment, not as the program is called in its own help.
      remedy: expect.stringMatching(/`npx plimsoll token create .*`npx plimsoll token list`/) as string,
    });
    expect(first.headers['www-authenticate']).toContain('Bearer');
    const codes: number[] = [];
    for (let digit = 1; digit <= 25; digit += 1) codes.push(await statusWith(setup, headers(digit)));
    expect(codes.filter((code) => code === 401)).toHaveLength(19);
    expect(codes.at(-1)).toBe(429);
    expect(await statusWith(setup, headers(0))).toBe(401);
  });

  it.each(['Bearer hello', 'Bearer ', 'Basic YWRtaW46YWRtaW4=', 'Bearer plm_short'])(
    'is refused without asking anybody when it is %j',
    async (authorization) => {
      await using setup = await createTestManager();
      await setup.proxy.stop();
      expect(await statusWith(setup, { authorization })).toBe(401);
    },
  );
});

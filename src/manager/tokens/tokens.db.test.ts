import { expect, test } from 'vitest';
import { manualClock, waitFor } from '../../../test/testkit/index.ts';
import { createTestManager } from '../../../test/testkit/test-manager.ts';
import { apiTokenListSchema, madeApiTokenSchema } from '../../contract/index.ts';

test('a token is made with role and expiry, told once, seen in use, and refused at once when it is revoked', async () => {
  const clock = manualClock(new Date());
  await using setup = await createTestManager({ clock });
  const headers = { cookie: await setup.signIn('admin') };
  const url = '/api/admin/tokens';
  const wanted = { name: 'monitoring', role: 'auditor', expiresInDays: 90 };
  const answer = await setup.inject({ method: 'POST', url, headers, payload: wanted });
  expect(answer.statusCode).toBe(201);
  const made = madeApiTokenSchema.parse(answer.json());
  expect(Date.parse(made.expiresAt ?? '') - clock.now().getTime()).toBe(90 * 86_400_000);
  const list = async () => {
    const response = await setup.inject({ url, headers });
    expect(response.body).not.toContain(made.token);
    return apiTokenListSchema.parse(response.json()).tokens[0];
  };
  expect(await list()).toMatchObject({ name: 'monitoring', createdBy: 'admin', revokedAt: null, lastUsedAt: null });

  const use = async () =>
    (await setup.inject({ url: '/api/admin/release', headers: { authorization: `Bearer ${made.token}` } })).statusCode;
  expect(await use()).toBe(200);
  const used = await waitFor(async () => (await list())?.lastUsedAt, { what: 'the last use to be noted' });
  expect(used).toBe(clock.now().toISOString());

  const again = await setup.inject({ method: 'POST', url, headers, payload: wanted });
  expect(again.json()).toMatchObject({ status: 409, code: 'token_exists' });
  const revoke = async () =>
    await setup.inject({ method: 'DELETE', url: `${url}/${(await list())?.id ?? ''}`, headers });
  expect((await revoke()).statusCode).toBe(204);
  expect(await use()).toBe(401);
  expect((await list())?.revokedAt).not.toBeNull();
  expect((await revoke()).json()).toMatchObject({ status: 404, code: 'token_unknown' });
  const deeds = await setup.databases.config.query(
    'app',
    `select actor, action, request_id is not null as asked from audit_events where subject = 'monitoring' order by id`,
  );
  expect(deeds).toEqual([
    { actor: 'admin', action: 'token.created', asked: true },
    { actor: 'admin', action: 'token.revoked', asked: true },
  ]);
});

import { expect, test } from 'vitest';
import { createTestManager, recoveryToken } from '../../../test/testkit/test-manager.ts';
import { settingsSchema } from '../../contract/index.ts';
import { describeSettings } from '../../settings/index.ts';

test('what the manager was started with is shown without a database, what that keeps with its own status', async () => {
  const environment = {
    PORT: '8443',
    SESSION_SECRET: 'nobody may read this',
    RECOVERY_TOKEN_FILE: '/run/secrets/recovery',
  };
  const settings = describeSettings(environment, [
    'PORT',
    'HOST',
    'SESSION_SECRET',
    'RECOVERY_TOKEN',
    'MIGRATIONS_DIR',
  ]);
  await using setup = await createTestManager({ deps: { settings } });
  await setup.admin.query(
    `insert into settings (key, value, updated_by) values ('notify.secret', '"hush"', 'somebody')`,
  );
  const signedIn = await setup.inject({ method: 'POST', url: '/api/session', payload: { recoveryToken } });
  const headers = { cookie: String(signedIn.headers['set-cookie']).split(';')[0] ?? '' };
  const read = async () => {
    const response = await setup.inject({ url: '/api/admin/settings', headers });
    expect(response.body).not.toMatch(/nobody may read this|hush/);
    return settingsSchema.parse(response.json());
  };
  const { kept, ...shown } = await read();
  expect(shown.host).toBe('manager-1');
  expect(shown.settings.map(({ name, source, value, file }) => [name, source, value, file])).toEqual([
    ['PORT', 'environment', '8443', null],
    ['HOST', 'default', '127.0.0.1', null],
    ['SESSION_SECRET', 'environment', null, null],
    ['RECOVERY_TOKEN', 'file', null, '/run/secrets/recovery'],
    ['MIGRATIONS_DIR', 'unset', null, null],
  ]);
  expect(kept.entries.map(({ key, value }) => [key, value])).toEqual([
    ['deployment.id', expect.stringMatching(/^"[0-9a-f-]{36}"$/)],
    ['notify.secret', null],
  ]);
  await setup.proxy.stop();
  expect(await read()).toMatchObject({ settings: shown.settings, kept: { status: 'unknown', entries: [] } });
});

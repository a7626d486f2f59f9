import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestDatabases } from '../../test/testkit/index.ts';
import { Secret } from '../base/index.ts';
import { ensureFirstAdmin } from './first-admin.ts';
import { loadSecrets } from './secrets.ts';

async function setup({ migrated }: { migrated: boolean }) {
  const databases = await createTestDatabases({ migrated });
  const secrets = await loadSecrets(mkdtempSync(join(tmpdir(), 'plimsoll-first-')), false);
  const lines: string[] = [];
  return {
    secrets,
    lines,
    users: async () => await databases.config.query('owner', 'select username, role from users'),
    ensure: async (given?: string) =>
      await ensureFirstAdmin({
        configUrl: databases.config.urls.app,
        given: given === undefined ? undefined : new Secret(given),
        secrets,
        report: (line) => void lines.push(line),
      }),
    [Symbol.asyncDispose]: async () => await databases[Symbol.asyncDispose](),
  };
}

test('the first password does not get into the manager’s environment: the user is there before the manager', async () => {
  await using stack = await setup({ migrated: true });
  expect(await stack.ensure()).toBeUndefined();
  expect(await stack.users()).toEqual([{ username: 'admin', role: 'admin' }]);
  const password = stack.secrets.unseenAdminPassword()?.reveal();
  expect(await stack.ensure()).toBeUndefined();
  expect(stack.secrets.unseenAdminPassword()?.reveal()).toBe(password);
});

test('while the tables are missing the password is kept for the manager', async () => {
  await using stack = await setup({ migrated: false });
  const password = await stack.ensure();
  expect(password?.reveal()).toBe(stack.secrets.unseenAdminPassword()?.reveal());
});

test('a password that the operator gives takes the place of one that nobody was shown, and a weak one is told', async () => {
  await using stack = await setup({ migrated: true });
  await stack.secrets.generateAdminPassword();
  expect(await stack.ensure('short')).toBeUndefined();
  expect(stack.secrets.unseenAdminPassword()).toBeUndefined();
  expect(stack.lines).toEqual([expect.stringMatching(/^ADMIN_PASSWORD is weak: /)]);
});

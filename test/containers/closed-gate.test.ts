import { expect, test } from 'vitest';
import type { ReleasePosture } from '../../src/contract/index.ts';
import { buildImages, createDeployment, signIn } from './deployment.ts';
import { inBrowser, releaseOf, verdictOf } from './look.ts';
import { migrate, operate } from './tooling.ts';

test('managers start while Postgres is down and while it is empty, say so to whoever breaks the glass, and open after the line that they show', async () => {
  await using deployment = await createDeployment(await buildImages());
  await deployment.must('up', '--detach', '--wait', '--scale', 'postgres=0', '--scale', 'manager=2');
  const url = await deployment.url();
  const recoveryToken = await deployment.secret('recovery_token');
  const recovery = await signIn(url, { recoveryToken });
  const down = await recovery.get<ReleasePosture>('/api/admin/release');
  expect(down.databases.map(({ status }) => status)).toEqual(['unknown', 'unknown', 'unknown']);
  expect(down).toMatchObject({ verdict: { status: 'stopped' }, gate: { open: false } });
  expect((await fetch(`${url}/readyz`)).status).toBe(503);

  await inBrowser(`${url}/admin/release`, async (page) => {
    await page.getByRole('button', { name: 'Use the recovery token' }).click();
    await page.getByLabel('Recovery token').fill(recoveryToken);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByText(down.verdict.headline, { exact: true }).first().waitFor();

    await deployment.must('up', '--detach', '--wait', '--scale', 'manager=2');
    const empty = await releaseOf(recovery, 'empty databases to be seen', ({ databases }) =>
      databases.every(({ status }) => status === 'behind'),
    );
    const remedy = `docker compose ${migrate.join(' ').replace(' -T', '')}`;
    expect(empty.verdict.reasons[0]).toMatchObject({ code: 'schema_behind', remedy });
    await page.getByText(remedy).first().waitFor();

    // The page follows by itself: nobody has to load it anew.
    expect((await deployment.compose(...migrate)).code).toBe(0);
    expect((await deployment.compose(...operate, 'backup', 'take')).code).toBe(0);
    await page.getByText('Running well', { exact: true }).first().waitFor({ timeout: 60_000 });
  });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const admin = await signIn(url, { username: 'admin', password: await deployment.secret('admin_password') });
  await verdictOf(admin, 'ok');
});

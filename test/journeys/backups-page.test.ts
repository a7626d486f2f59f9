import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Secret } from '../../src/base/index.ts';
import { launchBrowser } from '../testkit/browser.ts';
import { expectNoComplaints, setPageScene } from './page-scene.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const everything = ['config', 'results', 'jobs'] as const;
const bundleId = /\d{8}T\d{6}Z-[0-9a-f]{8}/;

/** Enough for a dump that somebody can watch. */
const bulkSql = `create table bulk as
  select n, md5(n::text) || md5((n + 1)::text) || md5((n + 2)::text) as text from generate_series(1, 600000) n`;

/** Keeps everybody else out of the findings until it is let go: a run that measures them waits. */
async function holdFindings(url: Secret): Promise<{ release(): Promise<void> }> {
  const client = new Client({ connectionString: url.reveal() });
  // Where the test fails first, the databases go with whoever is connected.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin; lock table findings in access exclusive mode');
  return { release: async () => await client.end() };
}

test('a bundle is taken, watched, proven, downloaded and deleted on the page, with the real service', async () => {
  await using scene = await setPageScene({
    browser,
    migrated: everything,
    withBackups: true,
    path: '/admin/backups',
    heading: 'Runs',
  });
  const { page, databases, url } = scene;
  const bundles = page.getByRole('region', { name: 'Bundles', exact: true });
  const underWay = page.getByRole('region', { name: 'Under way', exact: true });

  await databases.results.query('superuser', `${bulkSql}; grant select on bulk to public`);
  const held = await holdFindings(databases.urls('superuser').results);
  await page.getByRole('button', { name: 'Take the first backup' }).click();
  await page.getByRole('textbox').fill('the bundle of the journey');
  await page.getByRole('button', { name: 'Take it now' }).click();
  await underWay.getByText('Taking a bundle').waitFor();
  await page.reload();
  await underWay.getByText('Taking a bundle').waitFor();
  await expectNoComplaints(page);
  await held.release();
  await underWay.getByRole('progressbar', { name: 'results' }).waitFor();
  await underWay.getByText('Nothing is under way.').waitFor();
  const row = bundles.getByRole('row').filter({ hasText: bundleId });
  await row.getByText('the bundle of the journey').waitFor();
  const id = bundleId.exec(await row.innerText())?.[0] ?? '';

  await row.getByRole('button').click();
  await page.getByRole('button', { name: 'Prove', exact: true }).click();
  await row.getByText(/proven/).waitFor({ timeout: 60_000 });
  await page
    .getByRole('region', { name: 'Runs' })
    .getByRole('row', { name: /Prove succeeded/ })
    .waitFor();

  await row.getByRole('button').click();
  const dialog = page.getByRole('dialog', { name: `Bundle ${id}` });
  // It may show for a moment what was known before.
  await dialog
    .getByText(/Restore on/)
    .first()
    .waitFor();
  expect(await dialog.innerText()).toMatch(/Restore on [^]*passed/);
  await expectNoComplaints(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`plimsoll-${id}.tar`);
  const archive = await readFile(await download.path());
  expect(archive.length % 512).toBe(0);
  expect(archive.subarray(0, id.length).toString()).toBe(id);
  const cookies = await page.context().cookies();
  const rest = await fetch(`${url}/api/admin/backups/${id}/download`, {
    headers: { range: 'bytes=512-1023', cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
  });
  expect(rest.status).toBe(206);
  expect(Buffer.from(await rest.arrayBuffer())).toEqual(archive.subarray(512, 1024));

  await dialog.getByRole('textbox', { name: /To delete it/ }).fill(id);
  await page.keyboard.press('Enter');
  await dialog
    .getByRole('alert')
    .getByText(/pinned/)
    .waitFor();
  await dialog.getByRole('button', { name: 'Unpin' }).click();
  await row.getByText('the bundle of the journey').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Take a backup' }).click();
  await page.getByRole('button', { name: 'Take it now' }).click();
  const second = bundles.getByRole('row').filter({ hasText: bundleId }).filter({ hasNotText: id });
  await second.getByText(/^verified/).waitFor();
  const secondId = bundleId.exec(await second.innerText())?.[0] ?? '';
  await second.getByRole('button').click();
  await page.getByRole('textbox', { name: /To delete it/ }).fill(secondId);
  await page.keyboard.press('Enter');
  await page.getByText(`${secondId} is deleted from every target.`).waitFor();
  await second.waitFor({ state: 'detached' });
  await row.waitFor();
});

test('while the service is stopped every page says so and goes on, and it comes back by itself', async () => {
  await using scene = await setPageScene({
    browser,
    migrated: everything,
    withBackups: true,
    path: '/admin/backups',
    heading: 'Runs',
  });
  const { page, url, backups } = scene;
  await page.getByRole('button', { name: 'Take the first backup' }).click();
  await page.getByRole('button', { name: 'Take it now' }).click();
  const row = page.getByRole('region', { name: 'Bundles', exact: true }).getByRole('row').filter({ hasText: bundleId });
  // It is read back as soon as it is written.
  await row.getByText(/^verified/).waitFor();
  const id = bundleId.exec(await row.innerText())?.[0] ?? '';
  await page.goto(`${url}/admin/release`);
  const lastBackup = page.getByRole('region', { name: 'Last backup', exact: true });
  await lastBackup.getByText(id).waitFor();
  await lastBackup.getByText(/^verified/).waitFor();

  await backups?.stop();
  await lastBackup.getByText('The backup service cannot be asked').waitFor();
  await lastBackup.getByText(`Last known: ${id}`).waitFor();
  await page.goto(`${url}/admin/backups`);
  const notice = page.getByRole('alert').filter({ hasText: 'The backup service cannot be asked' });
  await notice.getByText(id).waitFor();
  await notice.getByText('backup_unreachable').waitFor();
  await notice.getByText('npx plimsoll backup serve').waitFor();
  await expectNoComplaints(page);
  await page.goto(`${url}/admin/scanners`);
  await page.getByRole('heading', { name: 'Enrolment tokens' }).waitFor();

  await page.goto(`${url}/admin/backups`);
  await notice.waitFor();
  await backups?.start();
  await notice.waitFor({ state: 'detached' });
  await row.getByText(/^verified/).waitFor();
});

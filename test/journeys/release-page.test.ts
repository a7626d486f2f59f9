import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { helpPages } from '../../help/index.ts';
import type { DatabaseName } from '../../src/contract/index.ts';
import { launchBrowser } from '../testkit/browser.ts';
import { scratchFolder, startChild } from '../testkit/index.ts';
import { expectNoComplaints, setPageScene, type Scene } from './page-scene.ts';

const opensWithinMs = 15_000;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

const setScene = async ({ migrated }: { readonly migrated: readonly DatabaseName[] }): Promise<Scene> =>
  await setPageScene({ browser, migrated, path: '/admin/release', heading: 'Verdict' });

async function waitForStatus(page: Page, name: DatabaseName, status: string): Promise<string> {
  const card = page.locator(`[data-database="${name}"]`);
  await card.getByText(status, { exact: true }).waitFor({ timeout: opensWithinMs });
  return await card.innerText();
}

test('a database that is stopped shows as unknown with its reason, and as ok again once it is back', async () => {
  await using scene = await setScene({ migrated: ['config', 'results', 'jobs'] });
  const { page, jobs } = scene;
  for (const name of ['config', 'results', 'jobs'] as const) await waitForStatus(page, name, 'ok');
  await page.locator('[data-field="Gate"]').getByText('open', { exact: true }).waitFor();
  expect(await page.locator('[data-field="Migration history"]').innerText()).toMatch(/Maren Voss\s*operator/);
  await expectNoComplaints(page);

  await jobs.stop();
  // The first reading may have been under way, and have broken off.
  await page.getByText('ECONNREFUSED').first().waitFor();
  const card = await waitForStatus(page, 'jobs', 'unknown');
  expect(card).toContain('Its ledger cannot be read');
  expect(card).toMatch(/Last known: version \d+, ok/);
  expect(card).not.toContain('behind');
  await expectNoComplaints(page);

  await jobs.start();
  await waitForStatus(page, 'jobs', 'ok');
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
});

test('an older schema shows as behind with the command, and turns ok by migrating, without a reload', async () => {
  await using scene = await setScene({ migrated: ['config', 'results'] });
  const { page } = scene;
  const card = await waitForStatus(page, 'jobs', 'behind');
  expect(card).toContain('0001_create_scans');
  expect(card).toContain('npx plimsoll migrator');
  await page.locator('[data-field="Gate"]').getByText('closed', { exact: true }).waitFor();
  await expectNoComplaints(page);

  expect(await scene.migrate()).toBe(0);
  await waitForStatus(page, 'jobs', 'ok');
  await page.locator('[data-field="Gate"]').getByText('open', { exact: true }).waitFor({ timeout: opensWithinMs });
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
});

test('every API call that the help names is one the manager has', async () => {
  await using folder = await scratchFolder();
  const nowhere = 'postgres://app:pw@127.0.0.1:1/nowhere';
  const environment = {
    CONFIG_DATABASE_URL: nowhere,
    RESULTS_DATABASE_URL: nowhere,
    JOBS_DATABASE_URL: nowhere,
    DATA_DIR: folder.path,
    PORT: '0',
  };
  await using manager = startChild({ args: ['src/main.ts', 'manager'], environment });
  const url = (await manager.line(/^Listening on /)).replace('Listening on ', '').trim();
  const { paths } = (await (await fetch(`${url}/api/openapi.json`)).json()) as { paths: Record<string, object> };
  for (const { page, apiCalls } of Object.values(helpPages)) {
    expect(apiCalls.length).toBeGreaterThan(0);
    for (const call of apiCalls)
      expect(paths[call.path], `${page}: ${call.path}`).toHaveProperty(call.method.toLowerCase());
    expect(await (await fetch(`${url}/api/help/${page}`)).json()).toEqual(helpPages[page]);
  }
});

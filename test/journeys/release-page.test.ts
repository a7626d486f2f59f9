import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { helpPages } from '../../help/index.ts';
import type { DatabaseName } from '../../src/contract/index.ts';
import { launchBrowser } from '../testkit/browser.ts';
import {
  createTestDatabases,
  scratchFolder,
  startChild,
  startPostgresProxy,
  type PostgresProxy,
  type TestChild,
  type TestDatabases,
} from '../testkit/index.ts';

const password = 'a password for this journey';
const opensWithinMs = 15_000;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** A manager as its own process on real databases, jobs being one that can be taken away, and somebody who has signed in. */
interface Scene extends AsyncDisposable {
  readonly page: Page;
  readonly jobs: PostgresProxy;
  /** Runs the migrator as an operator would, and gives its exit code. */
  migrate(...words: readonly string[]): Promise<number | null>;
}

async function setScene({ migrated }: { readonly migrated: readonly DatabaseName[] }): Promise<Scene> {
  const things = new AsyncDisposableStack();
  const folder = things.use(await scratchFolder());
  const databases = things.use(await createTestDatabases());
  const jobs = things.use(await startPostgresProxy(databases.urls('app').jobs));
  const environment = {
    ...urlSettings(databases, jobs),
    DATA_DIR: folder.path,
    ADMIN_PASSWORD: password,
    OPERATOR: 'Maren Voss',
    PORT: '0',
  };
  const migrate = async (...words: readonly string[]): Promise<number | null> => {
    await using child = startChild({ args: ['src/main.ts', 'migrator', 'migrate', ...words], environment });
    return await child.exited;
  };
  for (const name of migrated) expect(await migrate('--database', name)).toBe(0);
  const manager = things.use(startChild({ args: ['src/main.ts', 'manager'], environment }));
  const page = await signIn(await addressOf(manager));
  things.defer(async () => await page.context().close());
  return { page, jobs, migrate, [Symbol.asyncDispose]: async () => await things.disposeAsync() };
}

function urlSettings(databases: TestDatabases, jobs: PostgresProxy): Record<string, string> {
  const app = databases.urls('app');
  const owner = databases.urls('owner');
  return {
    CONFIG_DATABASE_URL: app.config.reveal(),
    RESULTS_DATABASE_URL: app.results.reveal(),
    JOBS_DATABASE_URL: jobs.urlThrough(app.jobs).reveal(),
    MIGRATOR_CONFIG_DATABASE_URL: owner.config.reveal(),
    MIGRATOR_RESULTS_DATABASE_URL: owner.results.reveal(),
    MIGRATOR_JOBS_DATABASE_URL: owner.jobs.reveal(),
  };
}

async function addressOf(manager: TestChild): Promise<string> {
  const line = await manager.line(/^Listening on /);
  await manager.line(/^Made the first user admin/);
  return line.replace('Listening on ', '').trim();
}

/** Through the sign-in page, as people do; the mark on the window is gone after any reload. */
async function signIn(url: string): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${url}/admin/release`);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Verdict' }).waitFor();
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  return page;
}

async function waitForStatus(page: Page, name: DatabaseName, status: string): Promise<string> {
  const card = page.locator(`[data-database="${name}"]`);
  await card.getByText(status, { exact: true }).waitFor({ timeout: opensWithinMs });
  return await card.innerText();
}

async function expectNoComplaints(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

test('a database that is stopped shows as unknown with its reason, and as ok again once it is back', async () => {
  await using scene = await setScene({ migrated: ['config', 'results', 'jobs'] });
  const { page, jobs } = scene;
  for (const name of ['config', 'results', 'jobs'] as const) await waitForStatus(page, name, 'ok');
  await page.locator('[data-field="Gate"]').getByText('open', { exact: true }).waitFor();
  expect(await page.locator('[data-field="Migration history"]').innerText()).toMatch(/Maren Voss\s*operator/);
  await expectNoComplaints(page);

  await jobs.stop();
  const card = await waitForStatus(page, 'jobs', 'unknown');
  expect(card).toContain('Its ledger cannot be read');
  expect(card).toContain('ECONNREFUSED');
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

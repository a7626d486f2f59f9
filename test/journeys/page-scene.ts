import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { DatabaseName } from '../../src/contract/index.ts';
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

/** A manager as its own process on real databases, jobs being one that can be taken away, and somebody who has signed in. */
export interface Scene extends AsyncDisposable {
  readonly page: Page;
  /** Address of the manager. */
  readonly url: string;
  readonly jobs: PostgresProxy;
  /** Runs the migrator as an operator would, and gives its exit code. */
  migrate(...words: readonly string[]): Promise<number | null>;
}

export interface SceneOptions {
  readonly browser: Browser;
  readonly migrated: readonly DatabaseName[];
  /** The page that somebody came for. */
  readonly path: string;
  /** A heading that is there once the page is. */
  readonly heading: string;
}

/** Starts a manager and signs in through its sign-in page. */
export async function setPageScene({ migrated, ...options }: SceneOptions): Promise<Scene> {
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
  const url = await addressOf(manager);
  const page = await signIn(url, options);
  things.defer(async () => await page.context().close());
  return { page, url, jobs, migrate, [Symbol.asyncDispose]: async () => await things.disposeAsync() };
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
async function signIn(url: string, { browser, path, heading }: Omit<SceneOptions, 'migrated'>): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${url}${path}`);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: heading }).waitFor();
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  return page;
}

/** Expects that axe finds nothing on the page as it is. */
export async function expectNoComplaints(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

import { AxeBuilder } from '@axe-core/playwright';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { DatabaseName } from '../../src/contract/index.ts';
import {
  createTestDatabases,
  scratchFolder,
  serverUrl,
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
  readonly databases: TestDatabases;
  /** The backup service, if one was asked for. */
  readonly backups: SceneBackups | undefined;
  /** Runs the migrator as an operator would, and gives its exit code. */
  migrate(...words: readonly string[]): Promise<number | null>;
}

/** A backup service as its own process. */
export interface SceneBackups {
  readonly url: string;
  stop(): Promise<void>;
  /** Starts it again, at the address at which it was. */
  start(): Promise<void>;
}

export interface SceneOptions {
  readonly browser: Browser;
  readonly migrated: readonly DatabaseName[];
  /** The page that somebody came for. */
  readonly path: string;
  /** A heading that is there once the page is. */
  readonly heading: string;
  /** Whether there is a backup service; default not. */
  readonly withBackups?: boolean;
}

/** Starts a manager and signs in through its sign-in page. */
export async function setPageScene({ migrated, withBackups = false, ...options }: SceneOptions): Promise<Scene> {
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
  const backups = withBackups ? await startBackups(things, { folder: folder.path, databases }) : undefined;
  const asking = backups && { BACKUP_SERVICE_URL: backups.url, BACKUP_SERVICE_TOKEN: serviceToken };
  const manager = things.use(
    startChild({ args: ['src/main.ts', 'manager'], environment: { ...environment, ...asking } }),
  );
  const url = await addressOf(manager);
  const page = await signIn(url, options);
  things.defer(async () => await page.context().close());
  return {
    page,
    url,
    jobs,
    databases,
    backups,
    migrate,
    [Symbol.asyncDispose]: async () => await things.disposeAsync(),
  };
}

const serviceToken = 'the-token-of-the-service-of-this-journey';

interface BackupsOptions {
  readonly folder: string;
  readonly databases: TestDatabases;
}

async function startBackups(
  things: AsyncDisposableStack,
  { folder, databases }: BackupsOptions,
): Promise<SceneBackups> {
  const readonly = databases.urls('readonly');
  const start = async (port: string) => {
    const environment = {
      BACKUP_CONFIG_DATABASE_URL: readonly.config.reveal(),
      BACKUP_RESULTS_DATABASE_URL: readonly.results.reveal(),
      BACKUP_JOBS_DATABASE_URL: readonly.jobs.reveal(),
      BACKUP_PROVE_DATABASE_URL: serverUrl('prove').reveal(),
      BACKUP_SERVICE_TOKEN: serviceToken,
      BACKUP_DIR: join(folder, 'backups'),
      BACKUP_SCHEDULE: 'off',
      BACKUP_PROVE_SCHEDULE: 'off',
      BACKUP_PORT: port,
      DATA_DIR: folder,
    };
    const child = things.use(startChild({ args: ['src/main.ts', 'backup', 'serve'], environment }));
    const line = await child.line(/^Listening on /);
    return { child, url: line.replace('Listening on ', '').trim() };
  };
  const first = await start('0');
  let { child } = first;
  return {
    url: first.url,
    stop: async () => void (await child.end('SIGTERM')),
    start: async () => void ({ child } = await start(new URL(first.url).port)),
  };
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

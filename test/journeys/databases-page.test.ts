import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { connect, type PostgresClient } from '../../src/postgres/index.ts';
import { launchBrowser } from '../testkit/browser.ts';
import { scratchFolder, serverKinds, startChild, startPostgresProxy, type TestServer } from '../testkit/index.ts';
import { deployOn, type DeploymentRole, type OwnDeployment } from '../testkit/own-deployment.ts';

const password = 'a password for this journey';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** A server of its own with the three databases, a manager on it, the jobs database behind a proxy, and an administrator's page. */
async function setup() {
  const things = new AsyncDisposableStack();
  onTestFinished(async () => await things.disposeAsync());
  const [kind] = serverKinds();
  const server = things.use((await kind?.start()) as TestServer);
  const deployment = await deployOn({ config: server, results: server, jobs: server });
  const proxy = things.use(await startPostgresProxy(deployment.urls('monitor').jobs));
  const folder = things.use(await scratchFolder());
  const environment = {
    ...settingsOf(deployment, 'app', ''),
    ...settingsOf(deployment, 'monitor', 'MONITOR_'),
    MONITOR_JOBS_DATABASE_URL: proxy.urlThrough(deployment.urls('monitor').jobs).reveal(),
    DATA_DIR: folder.path,
    ADMIN_PASSWORD: password,
    PORT: '0',
  };
  const manager = things.use(startChild({ args: ['src/main.ts', 'manager'], environment }));
  const url = (await manager.line(/^Listening on /)).replace('Listening on ', '').trim();
  await manager.line(/^Made the first user admin/);
  const page = await signIn(`${url}/admin/databases?db=jobs`);
  return { server, deployment, proxy, page };
}

function settingsOf(deployment: OwnDeployment, role: DeploymentRole, prefix: string): Record<string, string> {
  const urls = Object.entries(deployment.urls(role));
  return Object.fromEntries(urls.map(([name, url]) => [`${prefix}${name.toUpperCase()}_DATABASE_URL`, url.reveal()]));
}

async function signIn(address: string): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  onTestFinished(async () => await context.close());
  const page = await context.newPage();
  await page.goto(address);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Thresholds' }).waitFor();
  // Somebody who comes back to the tab again and again: the page then asks at once, and the journey waits less.
  await page.evaluate(() =>
    setInterval(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })), 300),
  );
  return page;
}

async function session(deployment: OwnDeployment, applicationName: string): Promise<PostgresClient> {
  const url = deployment.urls('owner').jobs;
  const client = await connect({ name: 'jobs', url, applicationName, connectTimeoutMs: 10_000 });
  onTestFinished(async () => await client.end().catch(() => undefined));
  return client;
}

test('the page shows what goes wrong in a real database as it happens, and the commands that it shows mend it', async () => {
  const { server, deployment, proxy, page } = await setup();
  const part = (name: string) => page.getByRole('region', { name, exact: true });
  const findings = part('Out of order');
  const seen = { timeout: 60_000 };
  /** Types what stands beside a finding into psql, as superuser. */
  const mend = async (finding: RegExp, database: string): Promise<void> => {
    const words = await findings
      .getByRole('listitem')
      .filter({ hasText: finding })
      .locator('code.command-text')
      .innerText();
    const sql = / -c '(.*)'$/s.exec(words)?.[1]?.replaceAll(`'\\''`, "'");
    await server.query(database, sql ?? '');
  };

  // What is wrong with the tables and the server.
  await server.query('jobs', 'create table heaps as select 1 as id from generate_series(1, 12000)');
  await server.query('jobs', 'delete from heaps where ctid <> (select min(ctid) from heaps)');
  await server.query(
    'jobs',
    'create table twins as select 1 as id from generate_series(1, 2); alter table twins owner to plimsoll_owner',
  );
  await expect(server.query('jobs', 'create unique index concurrently twins_idx on twins (id)')).rejects.toThrow();
  await server.query('postgres', "select pg_create_physical_replication_slot('left_behind', true)");
  await findings.getByText(/heaps has 11,999 dead rows/).waitFor(seen);
  await findings.getByText(/twins_idx on .*twins is invalid/).waitFor(seen);
  await findings.getByText(/nobody reads from the replication slot left_behind/i).waitFor(seen);
  await part('Replication').getByText('by nobody').waitFor(seen);
  await mend(/heaps has 11,999 dead rows/, 'jobs');
  await mend(/slot left_behind/, 'postgres');
  await findings.getByText(/heaps has/).waitFor({ ...seen, state: 'detached' });
  await part('Replication').getByText('No replication slot.').waitFor(seen);

  // A blocker, idle in its transaction, and its victim.
  const blocker = await session(deployment, 'a report left open');
  await blocker.query('begin; lock table twins in share mode');
  const victim = await session(deployment, 'the victim');
  const stuck = victim.query('delete from twins').catch(() => undefined);
  await part('Blocked and blocking').getByText('the victim').waitFor(seen);
  expect(await part('Blocked and blocking').innerText()).toMatch(
    /a report left open.*idle in transaction.*the victim.*twins/s,
  );
  await part('Open transactions').getByText('a report left open').waitFor(seen);
  await findings.getByText(/\(a report left open\) blocks .*\(the victim\)/).waitFor(seen);
  await mend(/\(a report left open\) blocks/, 'jobs');
  await part('Blocked and blocking').getByText('Nobody waits for a lock.').waitFor(seen);
  await stuck;

  // A database that hangs spoils nothing, and tells what was known.
  proxy.pause();
  await findings.getByText('jobs cannot be read').waitFor(seen);
  expect(await part('Size').innerText()).toMatch(/\d MiB/);
  await page.getByRole('button', { name: 'config', exact: true }).click();
  await part('Server').getByText('with pg_monitor').waitFor(seen);
  expect(await findings.getByText('cannot be read').count()).toBe(0);
});

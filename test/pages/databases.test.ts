import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databaseStates } from '../../web/fixtures/databases.ts';
import { postures } from '../../web/fixtures/postures.ts';
import { adminSession, problemOf } from '../testkit/page-server.ts';
import { waitFor } from '../testkit/wait-for.ts';
import { expectGoodLooks } from './good-looks.ts';
import { openPages, type OpenPages } from './open-pages.ts';

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
  page = await pages.open('/help', { permissions: ['clipboard-read', 'clipboard-write'] });
});
beforeEach(() => {
  Object.assign(pages.server.state, {
    databases: databaseStates.troubled,
    session: adminSession,
    problem: null,
    cut: false,
  });
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function openStatus(search = ''): Promise<void> {
  await page.goto(`${pages.server.url}/admin/databases${search}`);
  await part('Thresholds').waitFor();
}

/** As when the reader comes back to the tab: the page asks at once. */
async function comeBack(): Promise<void> {
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
}

const part = (name: string) => page.getByRole('region', { name, exact: true });
const choose = (name: string) => page.getByRole('button', { name, exact: true });

describe('what the page says', () => {
  test('shows the database that is worst off, and another one when it is chosen, which the address keeps', async () => {
    await openStatus();
    expect(await choose('jobs').getAttribute('aria-pressed')).toBe('true');
    expect(await part('Out of order').innerText()).toContain('blocks 2 sessions in jobs');
    await choose('config').press('Enter');
    await part('Out of order').getByText('Nothing: every reading is within its threshold.').waitFor();
    expect(new URL(page.url()).search).toBe('?db=config');
    await page.reload();
    await part('Thresholds').waitFor();
    expect(await choose('config').getAttribute('aria-pressed')).toBe('true');
  });

  test('copies the command beside a finding, and keeps the lesser ones folded', async () => {
    await openStatus();
    const findings = part('Out of order');
    await findings.getByRole('button', { name: 'Copy' }).first().click();
    await waitFor(
      async () =>
        (await page.evaluate(async () => await navigator.clipboard.readText())) ===
        "psql -h db.example.org -p 5432 -U postgres -d jobs -c 'select pg_terminate_backend(48211)'",
      { what: 'the command to be on the clipboard' },
    );
    expect(await findings.getByText('The index public.leases_zone_idx').isVisible()).toBe(false);
    await findings.getByText('11 more in jobs').click();
    expect(await findings.getByText('The index public.leases_zone_idx').isVisible()).toBe(true);
  });

  test('shows each session of a queue once, under the one that it waits for', async () => {
    await openStatus();
    const words = await part('Blocked and blocking').innerText();
    expect(words).toMatch(
      /DBeaver 26\.1.*idle in transaction.*plimsoll manager.*has waited 1 min.*a row of public\.leases.*plimsoll-migrator/s,
    );
    expect(words.match(/plimsoll-migrator/g)).toHaveLength(1);
  });

  test('tells how far an index build is, and that a dump keeps dead rows', async () => {
    await openStatus();
    const work = part('Work under way');
    expect(await work.getByRole('progressbar').getAttribute('value')).toBe('37');
    expect(await work.innerText()).toMatch(
      /37 % of this phase.*Dump by plimsoll backup.*for 22 min.*It keeps dead rows/s,
    );
  });

  test('says of a database that hangs what was known of it, and when', async () => {
    pages.server.state.databases = databaseStates.hanging;
    await openStatus();
    const findings = await part('Out of order').innerText();
    expect(findings).toMatch(
      /jobs cannot be read.*no answer within 4000 ms.*was read 12 min ago and may no longer be so/s,
    );
    expect(await part('Size').innerText()).toContain('393 MiB');
  });

  test('says what the role may not see, and which part could not be read', async () => {
    pages.server.state.databases = databaseStates.narrow;
    await openStatus();
    expect(await part('Open transactions').innerText()).toMatch(
      /1 open transaction of other roles hides its age.*not shown/s,
    );
    expect(await part('Dead rows kept').innerText()).toMatch(/Not known.*permission denied/s);
    expect(await part('Out of order').innerText()).toContain('grant pg_monitor to "plimsoll_app"');
  });

  test('whoever may not see it is told why', async () => {
    pages.server.state.problem = problemOf(403, 'forbidden', 'Role user may not read this page.');
    await page.goto(`${pages.server.url}/admin/databases`);
    await page.getByRole('alert').filter({ hasText: 'Role user may not read this page.' }).waitFor();
  });
});

test('a database that comes back shows as such without reloading, and a silent manager leaves what was read', async () => {
  pages.server.state.databases = databaseStates.hanging;
  await openStatus('?db=jobs');
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  pages.server.state.databases = databaseStates.well;
  await comeBack();
  await part('Out of order').getByText('Nothing: every reading is within its threshold.').waitFor();
  pages.server.state.cut = true;
  await comeBack();
  await page.getByRole('alert').filter({ hasText: 'trying again every 3 seconds' }).waitFor();
  expect(await part('Size').innerText()).toContain('393 MiB');
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
});

test.each(['troubled', 'hanging', 'narrow'] as const)(
  'the state %s gives axe nothing to complain of, light and dark, and never scrolls sideways',
  async (name) => {
    pages.server.state.databases = databaseStates[name];
    await page.setViewportSize({ width: 1280, height: 900 });
    await openStatus();
    await part('Thresholds').getByText('From where on').click();
    await expectGoodLooks(page);
  },
);

test('the pages keep to the strictest content policy and log no error', () => {
  expect(pages.complaints).toEqual([]);
});

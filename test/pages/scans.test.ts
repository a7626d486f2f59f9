import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/contract/index.ts';
import { postures } from '../../web/fixtures/postures.ts';
import { scanStates, type ScansFixture } from '../../web/fixtures/scans.ts';
import { adminSession, problemOf } from '../testkit/page-server.ts';
import { waitFor } from '../testkit/wait-for.ts';
import { expectGoodLooks } from './good-looks.ts';
import { openPages, type OpenPages } from './open-pages.ts';

const auditor: Session = { ...adminSession, username: 'audit', role: 'auditor' };
const onePath = ({ scans }: ScansFixture): string => `/scans/${scans[0]?.id ?? ''}`;

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
  page = await pages.open('/help');
});
beforeEach(() => {
  Object.assign(pages.server.state, { scans: scanStates.underWay, session: adminSession, problem: null });
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function open(path: string, heading: string): Promise<void> {
  await page.goto(`${pages.server.url}${path}`);
  await page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const part = (name: string) => page.locator(`section[data-field="${name}"]`);

describe('asking for a scan', () => {
  test('sends the targets and kinds that were chosen, and leads to the scan', async () => {
    pages.server.state.scans = scanStates.none;
    await open('/scans', 'Scans');
    await button('Ask for the first scan').click();
    await page.getByLabel('Name').fill('shop, weekly');
    await page.getByLabel(/^Targets/).fill('shop.example.org:443\n10.0.0.7:22');
    await page.getByRole('checkbox', { name: /^http/ }).check();
    await button('Start the scan').click();
    await page.getByRole('heading', { level: 1, name: 'shop, weekly' }).waitFor();
    expect(await part('Progress').innerText()).toMatch(/Queued\s+6/);
    await page.getByText('Nothing has been found yet').waitFor();
  });

  test('says which line is no target, and asks for nothing until it is mended', async () => {
    await open('/scans', 'Scans');
    await button('New scan').click();
    await page.getByLabel('Name').fill('shop');
    await page.getByLabel(/^Targets/).fill('shop.example.org:443\nhttps://shop.example.org');
    for (const kind of [/^tcp/, /^tls/]) await page.getByRole('checkbox', { name: kind }).uncheck();
    await button('Start the scan').click();
    const alert = page.getByRole('dialog').getByRole('alert');
    expect(await alert.innerText()).toContain('“https://shop.example.org” is not host:port');
    expect(await alert.innerText()).toContain('Choose at least one thing to probe.');
    expect(pages.server.calls.filter((call) => call === 'POST /api/scans 201')).toHaveLength(1);
  });

  test('says on a small screen, too, where it can be seen, why it was not asked for', async () => {
    await page.setViewportSize({ width: 380, height: 600 });
    await open('/scans', 'Scans');
    await button('New scan').click();
    await page.getByLabel('Name').fill('shop');
    await page.getByLabel(/^Targets/).fill('shop');
    await button('Start the scan').click();
    const alert = page.getByRole('dialog').getByRole('alert');
    const top = async () => (await alert.boundingBox())?.y ?? -1;
    await waitFor(async () => (await top()) >= 0 && (await top()) < 600, { what: 'the reason to be in sight' });
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('is not offered to an auditor', async () => {
    pages.server.state.session = auditor;
    await open('/scans', 'Scans');
    await page.getByRole('link', { name: 'shop and warehouse' }).click();
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    expect(await page.getByRole('button').allInnerTexts()).not.toContain('Cancel the scan');
    await page.getByRole('link', { name: 'All scans' }).click();
    expect(await button('New scan').count()).toBe(0);
  });
});

describe('one scan', () => {
  test('shows certificates that expire first on top, and leads from a target to its history', async () => {
    await open(onePath(scanStates.underWay), 'Findings');
    const rows = await part('Findings').getByRole('row').allInnerTexts();
    expect(rows[1]).toContain('expired 3 days ago');
    expect(rows[2]).toContain('9 days left');
    await page.getByRole('link', { name: 'shop-2.example.org:443' }).click();
    await page.getByRole('heading', { level: 1, name: 'shop-2.example.org:443' }).waitFor();
    await part('History').getByRole('row').nth(1).waitFor();
    expect(await part('History').getByRole('row').count()).toBe(2);
  });

  test('shows jobs as they change, without reloading', async () => {
    pages.server.state.scans = scanStates.notBegun;
    await open(onePath(scanStates.notBegun), 'Jobs');
    await page.getByText('Nothing has been found yet').waitFor();
    pages.server.state.scans = scanStates.underWay;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await part('Jobs').getByText('running', { exact: true }).waitFor();
    await part('Findings').getByText('9 days left').waitFor();
  });

  test('says why a job failed', async () => {
    await open(onePath(scanStates.underWay), 'Jobs');
    expect(await page.getByRole('row').filter({ hasText: 'no scanner may probe it' }).innerText()).toMatch(
      /failed.*target_not_allowed/s,
    );
  });

  test('is cancelled once that has been confirmed', async () => {
    await open(onePath(scanStates.underWay), 'Jobs');
    await button('Cancel the scan').click();
    expect(await page.getByRole('dialog').innerText()).toContain('3 jobs of shop and warehouse will not be done');
    await button('Cancel its jobs').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await button('Cancel the scan').waitFor({ state: 'detached' });
    expect(await part('Progress').innerText()).toMatch(/Cancelled\s+3/);
  });

  test('offers all findings as files, also those of one target over time', async () => {
    await open(onePath(scanStates.underWay), 'Findings');
    const filesOf = async (name: string) => {
      const links = part(name).getByRole('link', { name: /^(CSV|JSON)$/ });
      return await links.evaluateAll((all) => all.map((each) => each.getAttribute('href')?.split('?')[1]));
    };
    expect(await filesOf('Findings')).toEqual(['format=csv&limit=50000', 'format=json&limit=50000']);
    await page.getByRole('link', { name: 'shop-2.example.org:443' }).click();
    await page.getByRole('heading', { level: 1, name: 'shop-2.example.org:443' }).waitFor();
    const address = 'address=shop-2.example.org%3A443';
    expect(await filesOf('History')).toEqual([
      `${address}&format=csv&limit=50000`,
      `${address}&format=json&limit=50000`,
    ]);
  });

  test('names the scanners that hold its jobs and made its findings, and the schedule it came from', async () => {
    await open(onePath(scanStates.underWay), 'Jobs');
    expect(await part('Jobs').getByRole('row').filter({ hasText: 'running' }).innerText()).toContain('dmz-berlin-1');
    expect(await part('Findings').getByRole('row').nth(1).innerText()).toContain('by dmz-berlin-1');
    await page.goto(`${pages.server.url}/scans/${scanStates.underWay.scans[1]?.id ?? ''}`);
    await page.getByRole('link', { name: 'shop, nightly' }).click();
    await page.getByRole('heading', { level: 1, name: 'shop, nightly' }).waitFor();
  });
});

const row = (name: string) => part('Schedules').getByRole('row').filter({ hasText: name });

describe('a schedule', () => {
  test('is made beside what to scan, with the next three times shown before', async () => {
    await open('/scans', 'Scans');
    await button('New scan').click();
    await page.getByLabel('Name').fill('depot');
    await page.getByLabel(/^Targets/).fill('depot.example.org:443');
    await page.getByRole('radio', { name: /^By schedule/ }).check();
    await page.getByLabel('Time zone').fill('Asia/Tokyo');
    await button('Every weekday').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Mon, 23 Nov 2026, 03:30 GMT+9').waitFor();
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^Mon, 23 Nov 2026, 03:30 GMT\+9, in (?:1 h|59 min)$/),
      expect.stringMatching(/^Tue, 24 Nov/),
      expect.stringMatching(/^Wed, 25 Nov/),
    ]);
    await button('Make the schedule').click();
    await page.getByRole('heading', { level: 1, name: 'depot' }).waitFor();
    expect(await part('Next').innerText()).toContain('30 3 * * MON-FRI in Asia/Tokyo');
    expect(await part('Targets').innerText()).toContain('depot.example.org:443');
  });

  test('that cannot be read says why while it is typed', async () => {
    await open('/scans', 'Scans');
    await button('New scan').click();
    await page.getByLabel('Name').fill('depot');
    await page.getByLabel(/^Targets/).fill('depot.example.org:443');
    await page.getByRole('radio', { name: /^By schedule/ }).check();
    await page.getByLabel(/^Minute/).fill('* * * * * *');
    await page.getByText('the expression has 6 fields; expected five').waitFor();
    await page.getByLabel(/^Minute/).fill('0 0 30 2 *');
    await page.getByText('the expression never comes true').waitFor();
    await page.getByLabel(/^Minute/).fill('@daily');
    await page.getByLabel('Time zone').fill('Mars/Olympus');
    await page.getByText('is no time zone').waitFor();
  });

  test('shows what became of its occurrences, and why', async () => {
    await open('/scans', 'Scans');
    expect(await row('shop, nightly').innerText()).toMatch(/skipped.*Because the scan before it still ran\./s);
    expect(await row('warehouse').innerText()).toMatch(/paused.*can no longer be read/s);
    await page.getByRole('link', { name: 'shop, nightly', exact: true }).click();
    await page.getByRole('heading', { name: 'Occurrences' }).waitFor();
    const occurrences = await part('Occurrences').getByRole('row').allInnerTexts();
    expect(occurrences[2]).toMatch(/caught up.*no manager with an open gate.*3 occurrences before it were missed/s);
    expect(occurrences[3]).toMatch(/fired/);
    await page
      .getByRole('link', { name: /^what it made/ })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: 'shop, week 58' }).waitFor();
  });

  test('is paused and resumed where it stands in the list', async () => {
    await open('/scans', 'Scans');
    await button('Pause shop, nightly').click();
    await row('shop, nightly').getByText('paused', { exact: true }).waitFor();
    await button('Resume shop, nightly').click();
    await row('shop, nightly').getByText('in 9 h').waitFor();
  });

  test('is run now, unless its scan before still runs', async () => {
    await open('/scans', 'Scans');
    await button('Run now shop, nightly').click();
    await page.getByRole('alert').filter({ hasText: 'the scan before it of shop, nightly still runs' }).waitFor();
    await button('Run now archive, monthly').click();
    await page.getByRole('heading', { level: 1, name: 'archive, monthly' }).waitFor();
    expect(await part('Progress').innerText()).toMatch(/Queued\s+4/);
  });

  test('is edited on its own page', async () => {
    await open('/scans', 'Scans');
    await page.getByRole('link', { name: 'archive, monthly' }).click();
    await button('Edit').click();
    expect(await page.getByRole('textbox', { name: /^Targets/ }).inputValue()).toBe(
      'shop-1.example.org:443\n[2001:db8::1]:443',
    );
    await page.getByLabel('Name').fill('archive, yearly');
    await page.getByLabel(/^Minute/).fill('@yearly');
    await button('Save').click();
    await page.getByRole('heading', { level: 1, name: 'archive, yearly' }).waitFor();
    expect(await part('Next').innerText()).toContain('@yearly in UTC');
  });

  test('is deleted once that has been confirmed', async () => {
    await open('/scans', 'Scans');
    await button('Delete warehouse').click();
    expect(await page.getByRole('dialog').innerText()).toContain('The scans it made stay');
    await button('Delete the schedule').click();
    await row('warehouse').waitFor({ state: 'detached' });
  });

  test('offers no change to an auditor', async () => {
    pages.server.state.session = auditor;
    await open('/scans', 'Scans');
    await page.getByRole('link', { name: 'warehouse', exact: true }).click();
    await page.getByRole('heading', { name: 'Occurrences' }).waitFor();
    expect((await page.getByRole('button').allInnerTexts()).join()).not.toMatch(/Resume|Run now|Delete|Edit/);
  });
});

test('while the gate is closed the page says why, with the command', async () => {
  pages.server.state.problem = problemOf(503, 'schema_behind', 'jobs is at schema 3, this release needs 5.');
  await page.goto(`${pages.server.url}/scans`);
  await page.getByRole('alert').filter({ hasText: 'jobs is at schema 3, this release needs 5.' }).waitFor();
});

test('more scans and more jobs than fit on a page are reached page by page', async () => {
  pages.server.state.scans = scanStates.many;
  await open('/scans', 'Scans');
  await button('Next page').click();
  await page.getByRole('link', { name: 'shop, week 1', exact: true }).waitFor();
  await open(onePath(scanStates.many), 'Jobs');
  await button('Next page').click();
  await page.getByRole('rowheader', { name: 'shop-240.example.org:443' }).waitFor();
});

describe.each(['underWay', 'none', 'longNames'] as const)('the scans %s', (name) => {
  test('give axe nothing to complain of, light and dark, and never scroll sideways', async () => {
    pages.server.state.scans = scanStates[name];
    await page.setViewportSize({ width: 1280, height: 900 });
    await open('/scans', 'Scans');
    await expectGoodLooks(page);
    if (name === 'none') await button('Ask for the first scan').click();
    else await open(onePath(scanStates[name]), 'Jobs');
    await expectGoodLooks(page);
  });
});

describe.each(['underWay', 'longNames'] as const)('the schedules %s', (name) => {
  test('give axe nothing to complain of, light and dark, and never scroll sideways, the form as well', async () => {
    pages.server.state.scans = scanStates[name];
    await page.setViewportSize({ width: 1280, height: 900 });
    const schedule = scanStates[name].schedules.at(-1);
    await open(`/scans/schedules/${schedule?.id ?? ''}`, 'Occurrences');
    await expectGoodLooks(page);
    await page.setViewportSize({ width: 1280, height: 900 });
    await button('Edit').click();
    await page.getByRole('dialog').waitFor();
    await expectGoodLooks(page);
  });
});

test('the pages keep to the strictest content policy and log no error', () => {
  expect(pages.complaints).toEqual([]);
});

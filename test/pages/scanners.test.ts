import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/contract/index.ts';
import { fleets, scanner } from '../../web/fixtures/fleets.ts';
import { postures } from '../../web/fixtures/postures.ts';
import { adminSession, problemOf } from '../testkit/page-server.ts';
import { waitFor } from '../testkit/wait-for.ts';
import { expectGoodLooks } from './good-looks.ts';
import { openPages, type OpenPages } from './open-pages.ts';

const auditor: Session = { ...adminSession, username: 'audit', role: 'auditor' };

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
  page = await pages.open('/help', { permissions: ['clipboard-read', 'clipboard-write'] });
});
beforeEach(() => {
  Object.assign(pages.server.state, { fleet: fleets.three, session: adminSession, problem: null, cut: false });
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function openScanners(search = ''): Promise<void> {
  await page.goto(`${pages.server.url}/admin/scanners${search}`);
  await page.getByRole('heading', { name: 'Enrolment tokens' }).waitFor();
}

/** As when the reader comes back to the tab: the page asks at once. */
async function comeBack(): Promise<void> {
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
}

const row = (name: string) => page.getByRole('row').filter({ hasText: name });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const searchOf = () => new URL(page.url()).search;

describe('what the page says', () => {
  test('a scanner outside the window is told apart, with the reason and since when it is refused', async () => {
    await openScanners();
    const outsider = await row('trial-of-the-next-release').innerText();
    expect(outsider).toMatch(/9\s+outside/);
    expect(outsider).toContain('the scanner is newer than the manager');
    expect(outsider).toMatch(/1,204 times, first \d h ago/);
    expect(await row('rotterdam-1').innerText()).toMatch(/online.*2\s+inside.*no/s);
  });

  test('an empty fleet leads an administrator to the first scanner, and tells an auditor who can make one', async () => {
    pages.server.state.fleet = fleets.empty;
    await openScanners();
    await button('Enrol the first scanner').click();
    await page.getByRole('dialog', { name: 'Enrol a scanner' }).waitFor();
    pages.server.state.session = auditor;
    await page.reload();
    await page.getByText('An administrator makes the token on this page.').waitFor();
  });

  test('a jobs database that cannot be read makes the jobs held unknown, not none', async () => {
    pages.server.state.fleet = { ...fleets.empty, scanners: [scanner(1, { jobsHeld: null })] };
    await openScanners();
    expect(await row('dock-1').innerText()).toContain('unknown');
  });

  test('an auditor sees all of it and is offered no change', async () => {
    pages.server.state.session = auditor;
    await openScanners();
    await button('rotterdam-1').click();
    await page.getByRole('dialog').getByText(scanner(1).id).waitFor();
    const offered = await page.getByRole('button').allInnerTexts();
    expect(offered.map((each) => each.trim()).filter((each) => each !== '')).toEqual([
      'Help',
      'rotterdam-1',
      'rotterdam-2',
      'trial-of-the-next-release',
    ]);
    expect(await page.getByRole('dialog').getByRole('textbox').count()).toBe(0);
  });

  test('whoever may not see it is told why', async () => {
    pages.server.state.problem = problemOf(403, 'forbidden', 'Role user may not read this page.');
    await page.goto(`${pages.server.url}/admin/scanners`);
    await page.getByRole('alert').filter({ hasText: 'Role user may not read this page.' }).waitFor();
  });
});

describe('how the page stays true', () => {
  test('a scanner that goes offline shows as such without reloading', async () => {
    await openScanners();
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    pages.server.state.fleet = { ...fleets.three, scanners: [scanner(1, { name: 'rotterdam-1', state: 'offline' })] };
    await comeBack();
    await row('rotterdam-1').getByText('offline').waitFor();
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  });

  test('a manager that cannot be reached makes the page say so and keep its last data', async () => {
    await openScanners();
    pages.server.state.cut = true;
    await comeBack();
    await page.getByRole('alert').filter({ hasText: 'trying again every 5 seconds' }).waitFor();
    expect(await row('rotterdam-1').innerText()).toContain('online');
  });
});

describe('filters and pages', () => {
  test.each([
    ['?state=revoked', 'dock-4', 'dock-1'],
    ['?version=2.0.0-rc.1', 'dock-16', 'dock-1'],
    ['?protocol=9', 'dock-16', 'dock-1'],
    ['?window=out', 'dock-16', 'dock-1'],
    ['?text=DOCK-19', 'dock-190', 'dock-1'],
    ['?silent=24', 'dock-8', 'dock-1'],
    ['?refused=yes', 'dock-16', 'dock-1'],
    ['?clone=yes', 'dock-12', 'dock-1'],
    ['?jobs=no', 'dock-4', 'dock-1'],
    ['?sort=-name', 'dock-200', 'dock-1'],
  ])('%s shows %s and not %s', async (search, shown, hidden) => {
    pages.server.state.fleet = fleets.twoHundred;
    await openScanners(search);
    await button(shown).waitFor();
    expect(await button(hidden).count()).toBe(0);
  });

  test('what is chosen goes into the address, and clearing the filters takes it out', async () => {
    await openScanners();
    await page.getByLabel('State').selectOption('late');
    await page.getByLabel('Window').selectOption('inside');
    await page.getByRole('searchbox', { name: 'Name' }).fill('nobody');
    await page.getByText('No scanner matches these filters').waitFor();
    expect(Object.fromEntries(new URLSearchParams(searchOf()))).toEqual({
      state: 'late',
      window: 'in',
      text: 'nobody',
    });
    await button('Clear the filters').click();
    await button('rotterdam-1').waitFor();
    expect(searchOf()).toBe('');
  });

  test('typing a name asks the manager once it pauses, not at each key', async () => {
    const shared = page;
    page = await pages.open('/help');
    await page.clock.install();
    await openScanners();
    // From here on its time stands still, however slowly the keys come.
    await page.clock.pauseAt(Date.now() + 1000);
    await page.getByRole('searchbox', { name: 'Name' }).pressSequentially('rotterdam-2');
    await page.clock.runFor(300);
    const asked = () => pages.server.calls.filter((call) => call.includes('search=r'));
    await waitFor(() => asked().length > 0, { what: 'the manager to be asked' });
    await page.context().close();
    page = shared;
    expect(asked()).toEqual(['GET /api/admin/scanners?search=rotterdam-2 200']);
  });

  test('an order is chosen, kept in the address, and goes on over the pages', async () => {
    pages.server.state.fleet = fleets.twoHundred;
    await openScanners();
    await page.getByLabel('Order').selectOption('name, Z to A');
    await button('dock-200').waitFor();
    await button('Next page').click();
    await button('dock-1').waitFor();
    expect(await button('dock-200').count()).toBe(0);
    expect(new URLSearchParams(searchOf()).get('sort')).toBe('-name');
    await page.getByLabel('Order').selectOption('By id');
    await button('dock-2').waitFor();
    expect(searchOf()).toBe('');
  });

  test('the next page is reached by button, and the browser goes back to the first', async () => {
    pages.server.state.fleet = fleets.twoHundred;
    await openScanners();
    await page.getByText('100 scanners on this page, more follow').waitFor();
    await button('Next page').click();
    await page.getByText('100 scanners on this page, the last').waitFor();
    await button('dock-200').waitFor();
    await page.goBack();
    await button('dock-1').waitFor();
  });
});

describe('enrolling', () => {
  test('makes a token as asked for, and copies the commands that are shown this once', async () => {
    await openScanners();
    await button('Enrol a scanner').click();
    await page.getByLabel('What for').fill('dock in Rotterdam');
    await page.getByLabel('How many scanners').fill('3');
    await page.getByLabel('Good for').selectOption('7 days');
    await button('Make the token').press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Start the scanner' });
    expect(await dialog.innerText()).toMatch(/good for 3 scanners, and expires in (6|7) days/);
    const settings = String.raw`SCANNER_MANAGER_URL=https:\S+ (?:-e )?SCANNER_ENROLMENT_TOKEN=ple_x{43}`;
    const commands = [
      `^${settings} npx plimsoll scanner$`,
      `^docker run .*${settings} plimsoll:1.4.0 scanner$`,
      `^${settings} ./plimsoll-scanner$`,
      '^ple_x{43}$',
    ];
    for (const [index, command] of commands.entries()) {
      await dialog.locator('.labelled').nth(index).getByRole('button').click();
      await waitFor(
        async () => new RegExp(command).test(await page.evaluate(async () => await navigator.clipboard.readText())),
        { what: `the clipboard to hold ${command}` },
      );
    }
    await button('I have copied it').click();
    expect(await row('dock in Rotterdam').innerText()).toContain('0 of 3');
    expect(await page.content()).not.toContain('ple_x');
  });

  test('an open token can be revoked, and is then listed with those that have ended', async () => {
    await openScanners();
    await page.getByRole('button', { name: 'Revoke the token for scanners of the Rotterdam office' }).click();
    await button('Revoke the token').click();
    await page.getByText('no scanner enrols with it any more').waitFor();
    await page.getByText('No token is open').waitFor();
  });
});

describe('changing one scanner', () => {
  test('what is known of it stays up to date when the filters no longer let it through', async () => {
    await openScanners('?state=online');
    await button('rotterdam-1').click();
    const dialog = page.getByRole('dialog', { name: 'rotterdam-1' });
    await dialog.getByText('online', { exact: true }).waitFor();
    pages.server.state.fleet = { ...fleets.three, scanners: [scanner(1, { name: 'rotterdam-1', state: 'offline' })] };
    await comeBack();
    await dialog.getByText('offline', { exact: true }).waitFor();
  });

  test('a new name is given and shows at once', async () => {
    await openScanners();
    await button('rotterdam-1').click();
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('gate-1');
    await page.keyboard.press('Enter');
    await page.getByText('rotterdam-1 is now called gate-1.').waitFor();
    await button('gate-1').waitFor();
  });

  test('a rotation is asked for', async () => {
    await openScanners();
    await button('rotterdam-1').click();
    await button('Rotate').click();
    await page.getByText('is given a new credential at its next heartbeat').waitFor();
    await button('rotterdam-1').click();
    await page
      .getByRole('dialog')
      .getByText(/asked for/)
      .waitFor();
  });

  test('revoking takes the typed name, whole', async () => {
    await openScanners();
    await button('rotterdam-1').click();
    const confirm = page.getByLabel('To revoke it, type its name');
    await confirm.fill('rotterdam');
    await page.keyboard.press('Enter');
    expect(await button('Revoke').isDisabled()).toBe(true);
    await confirm.fill('rotterdam-1');
    await page.keyboard.press('Enter');
    await page.getByText('rotterdam-1 is revoked').waitFor();
    await row('rotterdam-1').getByText('by admin').waitFor();
    expect(pages.server.calls.filter((call) => call.startsWith('POST') && call.includes('/revoke'))).toHaveLength(1);
  });

  test('a change that is refused says why, on the spot', async () => {
    await openScanners();
    await button('rotterdam-1').click();
    pages.server.state.problem = problemOf(404, 'scanner_unknown', 'There is no such scanner.');
    await button('Rotate').click();
    await page.getByRole('dialog').getByRole('alert').filter({ hasText: 'There is no such scanner.' }).waitFor();
  });

  test('the dialog closes with Escape and gives the focus back to the name', async () => {
    await openScanners();
    await button('rotterdam-2').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'rotterdam-2' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('rotterdam-2');
  });
});

describe.each(['empty', 'three', 'longNames'] as const)('the fleet %s', (name) => {
  test('gives axe nothing to complain of, light and dark, and never scrolls sideways', async () => {
    pages.server.state.fleet = fleets[name];
    await page.setViewportSize({ width: 1280, height: 900 });
    await openScanners();
    await expectGoodLooks(page);
  });
});

test.each(['Enrol a scanner', 'rotterdam-2', 'Revoke the token for scanners of the Rotterdam office'])(
  'what %s opens gives axe nothing to complain of, and fits a narrow screen',
  async (name) => {
    await openScanners();
    await page.getByRole('button', { name }).click();
    await page.getByRole('dialog').waitFor();
    await expectGoodLooks(page);
  },
);

test('the pages keep to the strictest content policy and log no error', () => {
  expect(pages.complaints).toEqual([]);
});

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { releasePostureSchema, type ChangedEntry } from '../../src/contract/index.ts';
import { histories } from '../../web/fixtures/histories.ts';
import { migrateCommand, preflight as preflightOf } from '../../web/fixtures/parts.ts';
import { postures } from '../../web/fixtures/postures.ts';
import { adminSession, problemOf } from '../testkit/page-server.ts';
import { waitFor } from '../testkit/wait-for.ts';
import { openPages, type OpenPages } from './open-pages.ts';

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
});
beforeEach(() => {
  Object.assign(pages.server.state, {
    posture: postures.allOk,
    history: histories.many,
    session: adminSession,
    problem: null,
    cut: false,
  });
});
afterEach(async () => {
  await page.context().close();
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function openRelease(search = ''): Promise<void> {
  page = await pages.open(`/admin/release${search}`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('heading', { name: 'Verdict' }).waitFor();
}

const part = (name: string) => page.locator(`[data-field="${name}"]`);

describe('what the page says', () => {
  test('an unknown database is told with its reason and last known version, and is not called behind', async () => {
    pages.server.state.posture = postures.unknown;
    await openRelease();
    const card = await page.locator('[data-database="jobs"]').innerText();
    expect(card).toContain('unknown');
    expect(card).toContain('Connection refused by jobs-db:5432');
    expect(card).toContain('Last known: version 5, ok');
    expect(card).not.toContain('behind');
  });

  test('ahead is told apart by whether this image may still work on it', async () => {
    pages.server.state.posture = postures.aheadAllowed;
    await openRelease();
    expect(await page.locator('[data-database="config"]').innerText()).toContain('ahead, allowed');
    pages.server.state.posture = postures.aheadRefused;
    await page.getByText('ahead, not allowed').waitFor();
    // No arrow: nothing moves an ahead database down to what is required.
    expect(await page.locator('[data-database="config"] .versions').innerText()).toMatch(
      /Applied\s+\d+\s+>\s+, required\s+\d+/,
    );
  });

  test('an Image SHA of unknown is explained', async () => {
    pages.server.state.posture = postures.behind;
    await openRelease();
    expect(await part('Image SHA').innerText()).toMatch(/unknown\s+Set by the release tooling only/);
  });

  test('no backup and a silent backup service look different', async () => {
    pages.server.state.posture = postures.empty;
    await openRelease();
    expect(await part('Last backup').innerText()).toContain('No backup has been taken');
    pages.server.state.posture = postures.allDown;
    await page.getByText('The backup service cannot be asked').waitFor();
    expect(await part('Preflight').innerText()).toContain('Whether one has been recorded is not known');
    expect(await part('Migration history').innerText()).toContain(
      'The ledger of config, results, and jobs cannot be read',
    );
  });

  test('what a preflight found amiss stands open with each command, what passed opens, and why it is stale is told', async () => {
    const check = {
      code: 'postgres_version',
      title: 'Postgres version',
      message: 'Postgres 18.4',
      remedy: '',
    } as const;
    const checks = [
      { ...check, status: 'pass' as const },
      {
        ...check,
        code: 'long_transactions',
        status: 'warn' as const,
        message: 'two transactions are open',
        remedy: "psql -d config -c 'select 1'\npsql -d jobs -c 'select 2'",
      },
    ];
    const staleReasons = ['jobs moved 41 → 42 after this run'];
    const preflight = { ...preflightOf(checks), status: 'warn' as const, stale: true, staleReasons };
    const preflightReading = { status: 'ok' as const, error: null, readAt: postures.allOk.generatedAt };
    pages.server.state.posture = { ...postures.allOk, preflight, preflightReading };
    await openRelease();
    const found = part('Preflight');
    expect(await found.innerText()).toContain('jobs moved 41 → 42 after this run');
    expect(await found.getByText('two transactions are open').isVisible()).toBe(true);
    expect(await found.getByRole('button', { name: 'Copy' }).count()).toBe(2);
    expect(await found.getByText('Postgres 18.4').isVisible()).toBe(false);
    await found.getByText(/^\d+ checks passed$/).click();
    expect(await found.getByText('Postgres 18.4').isVisible()).toBe(true);
  });

  test('jobs that nobody can take are told with what mends it, and who is outside is one click away', async () => {
    pages.server.state.posture = postures.nobodyToWork;
    await openRelease();
    const fleet = part('Scanner fleet');
    expect(await fleet.innerText()).toMatch(/12 queued jobs have no eligible scanner/);
    expect(await fleet.innerText()).toMatch(/Outside, not online now\s+2/);
    expect(await fleet.innerText()).toContain('2 scanners not online now will come back outside');
    expect(await page.locator('.reason').first().locator('.command-text').innerText()).toBe('plimsoll scanner');
    await fleet.getByRole('link', { name: 'See which they are' }).click();
    await page.getByRole('heading', { name: 'Enrolment tokens' }).waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/admin/scanners?window=out');
  });

  test('a queue that cannot be read makes its own line unknown, and the census is still shown', async () => {
    pages.server.state.posture = postures.unknown;
    await openRelease();
    const fleet = await part('Scanner fleet').innerText();
    expect(fleet).toContain('Whether queued jobs have an eligible scanner is not known');
    expect(fleet).toContain('Connection refused by jobs-db:5432');
    expect(fleet).toMatch(/Registered\s+22/);
    expect(fleet).not.toContain('No job waits');
  });

  test('an upgrade says what it would do, what is dangerous, who drops out, how to get back, and what comes next, once', async () => {
    pages.server.state.posture = postures.upgradeDangerous;
    await openRelease();
    const upgrade = part('Upgrade');
    const words = (await upgrade.innerText()).replaceAll(/\s+/g, ' ');
    expect(words).toContain('to be acknowledged');
    expect(words).toMatch(/jobs 5 → , required 8 3 migrations/);
    expect(words).toContain('can be neither read nor written for about 41 s');
    expect(words).toContain('Stops reads and writes AccessExclusiveLock Rewrites every row');
    expect(words).toContain('about 41 s as rehearsed');
    expect(words).toContain('Cannot be foreseen: line 2: a DO block');
    expect(words).toContain('5 of 22 scanners get no jobs from it');
    expect(words).toContain('the only way back is a restore');
    const command = `${migrateCommand} preflight --acknowledge 6f2a91c07be4d853`;
    expect(await upgrade.locator('.upgrade-next .command-text').innerText()).toBe(command);
    expect(await page.locator('.verdict').innerText()).not.toContain('--acknowledge');
    await upgrade.getByText('2 findings of squawk').click();
    expect(await upgrade.getByText('changing-column-type').isVisible()).toBe(true);
  });

  test('a candidate goes when it has become the running release, without reloading', async () => {
    pages.server.state.posture = postures.upgradeReady;
    await openRelease();
    await part('Upgrade').getByText('It may be applied.').waitFor();
    pages.server.state.posture = postures.allOk;
    await part('Upgrade').getByText('No release newer than 1.4.0 has been judged.').waitFor();
  });

  test('what the headline says is said once: the reason adds its command, the gate what is off', async () => {
    pages.server.state.posture = postures.behind;
    await openRelease();
    const text = await page.locator('main').innerText();
    expect(text.match(/jobs is at schema 3/g)).toHaveLength(1);
    expect(await part('Gate').innerText()).toContain('jobs is behind');
  });

  test('the fleet chart has its numbers in words', async () => {
    pages.server.state.posture = postures.bigFleet;
    await openRelease();
    const name = /Supported are versions 3 to 5.*version 2: 2110, 998 of them online, outside the window/;
    expect(await page.getByRole('img', { name }).count()).toBe(1);
  });
});

describe('how the page stays true', () => {
  test('a change shows without reloading, and is spoken', async () => {
    pages.server.state.posture = postures.behind;
    await openRelease();
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    pages.server.state.posture = postures.allOk;
    await page.getByText('The verdict has changed. Running well: config').waitFor({ state: 'attached' });
    expect(await page.locator('[data-database="jobs"]').innerText()).toContain('At the version this release requires.');
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
  });

  test('an unchanged posture is asked for again and answered with 304', async () => {
    await openRelease();
    await waitFor(() => pages.server.calls.includes('GET /api/admin/release 304'), { what: 'an answer of 304' });
  });

  test('a manager that cannot be reached makes the page say so and keep its last data, until it is back', async () => {
    await openRelease();
    pages.server.state.cut = true;
    const banner = page.getByRole('alert').filter({ hasText: 'The manager cannot be reached: the connection failed' });
    await banner.waitFor();
    expect(await page.locator('[data-database="jobs"]').innerText()).toContain('ok');
    pages.server.state.cut = false;
    await banner.waitFor({ state: 'detached' });
  });

  test('a hidden page asks nothing, a visible one every two seconds', async () => {
    page = await pages.open('/help');
    await page.clock.install();
    await page.goto(`${pages.server.url}/admin/release`);
    const { calls } = pages.server;
    const asked = calls.length;
    const polled = async () => {
      await page.clock.runFor(2100);
      return calls.length > asked + 3;
    };
    await waitFor(polled, { what: 'three more calls of a visible page' });
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
    // One call may still be under way when the page is hidden.
    await page.clock.runFor(10_000);
    const whenHidden = calls.length;
    for (let turn = 0; turn < 10; turn += 1) await page.clock.runFor(10_000);
    expect(calls.length).toBe(whenHidden);
  });

  test('whoever may not see it is told why', async () => {
    pages.server.state.problem = problemOf(403, 'forbidden', 'Role user may not read this page.');
    page = await pages.open('/admin/release');
    const alert = page.getByRole('alert').filter({ hasText: 'Role user may not read this page.' });
    await alert.waitFor();
    expect(await alert.innerText()).toContain('plimsoll user list');
  });
});

describe('the migration history', () => {
  test('names the command for the older ones as this deployment types it', async () => {
    const { app } = postures.allOk;
    pages.server.state.posture = { ...postures.allOk, app: { ...app, migratorCommand: 'npx plimsoll migrator' } };
    await openRelease();
    expect(await part('Migration history').locator('.command-text').last().innerText()).toBe(
      'npx plimsoll migrator history',
    );
  });

  test('filters by what the address says, and puts what is chosen into the address', async () => {
    await openRelease('?db=jobs');
    expect(await part('Migration history').innerText()).toContain('5 of 16 migrations in 3 runs');
    await page.getByLabel('Search').fill('lease');
    await page.getByText('3 of 16 migrations in 2 runs').waitFor();
    await page.getByLabel('Applied by').selectOption('Tomás Ferreira');
    await page.getByText('2 of 16 migrations in 1 run', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe(
      `?db=jobs&text=lease&by=${encodeURIComponent('Tomás Ferreira').replace('%20', '+')}`,
    );
  });

  test('opens and closes runs, and says so in the address', async () => {
    await openRelease();
    const runs = page.locator('.run-toggle');
    expect(await runs.first().getAttribute('aria-expanded')).toBe('true');
    await runs.nth(1).click();
    await page.getByText('0003_index_findings_by_target').waitFor();
    await page.getByRole('button', { name: 'Expand all' }).click();
    await page.getByRole('button', { name: 'Collapse all' }).click();
    expect(await page.locator('.run-toggle[aria-expanded="true"]').count()).toBe(0);
    expect(new URL(page.url()).searchParams.get('open')).toBe('none');
  });

  test('offers the way back when nothing matches', async () => {
    await openRelease('?text=zebra');
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByText('16 migrations in 4 runs').waitFor();
  });
});

describe('what can be taken along', () => {
  test('the command of a reason goes to the clipboard with one click', async () => {
    pages.server.state.posture = postures.behind;
    await openRelease();
    await page.locator('.reason').first().getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await page.evaluate(async () => await navigator.clipboard.readText())).toBe(migrateCommand);
  });

  test('where the browser gives no clipboard, as over plain http, copying still works', async () => {
    pages.server.state.posture = postures.behind;
    await openRelease();
    await page.evaluate(() => {
      navigator.clipboard.writeText = async () => await Promise.reject(new Error('not here'));
    });
    await page.locator('.reason').first().getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await page.evaluate(async () => await navigator.clipboard.readText())).toBe(migrateCommand);
  });

  test('the posture as Markdown', async () => {
    await openRelease();
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const text = await page.evaluate(async () => await navigator.clipboard.readText());
    expect(text).toContain('# Release: Running well: config');
  });

  test('the posture as a JSON file that is the API answer', async () => {
    await openRelease();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download JSON' }).click(),
    ]);
    const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as unknown;
    expect(releasePostureSchema.parse(saved)).toEqual(postures.allOk);
  });
});

describe('by keyboard', () => {
  test('the first stop skips to the page, and the next ones are its actions', async () => {
    await openRelease();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Copy as Markdown');
  });

  test.each([
    ['beside the page', 1440],
    ['over the page', 600],
  ])('help opens %s, closes with Escape and gives the focus back', async (_where, width) => {
    await openRelease();
    await page.setViewportSize({ width, height: 900 });
    const button = page.getByRole('button', { name: 'Help', exact: true });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Help: Release' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(new URL(page.url()).search).toBe('');
  });
});

describe('the history', () => {
  test('says what changed, who did it, and when nobody watched; text from outside stays text', async () => {
    const [first] = histories.many.items;
    const hostile = {
      part: 'jobs',
      code: 'schema_drift',
      message: '<img src=x onerror="document.title=1">',
      who: null,
    };
    const items = [{ ...first, changes: [hostile] } as ChangedEntry, ...histories.many.items.slice(1)];
    pages.server.state.history = { ...histories.many, items };
    await openRelease();
    await part('History').getByText('Not watched').first().waitFor();
    const text = await part('History').innerText();
    expect(text).toContain('<img src=x onerror="document.title=1">');
    expect(text).toMatch(/jobs moved from schema 4 to 5\. By ada\./);
    expect(text).toMatch(/Not watched\s+From .* to .* nothing was recorded\. No manager was running/);
    expect(text).toContain('Deployed 1.4.0 in place of 1.3.2. By grace.');
    expect(text).toContain('written later');
  });

  test('empty, one and unreadable are told apart, and what waits is shown', async () => {
    pages.server.state.history = histories.empty;
    await openRelease();
    await page.getByText('Nothing has been recorded yet').waitFor();
    pages.server.state.history = histories.unknown;
    await page.reload();
    await page.getByText('The history cannot be read').waitFor();
    expect(await part('History').innerText()).toMatch(/not written yet[^]*config could not be read/);
    pages.server.state.history = histories.one;
    await page.reload();
    await page.getByText('The history begins here.').waitFor();
    expect(await page.getByRole('button', { name: 'Next page' }).count()).toBe(0);
  });

  test('the page is shown as it was, says so, and leads back to now', async () => {
    await openRelease();
    pages.server.state.past = { ...pages.server.state.past, posture: postures.behind };
    await page
      .getByRole('button', { name: /^As it was 20/ })
      .first()
      .click();
    await page.getByText('As it was, not as it is').waitFor();
    await page.getByText(postures.behind.verdict.headline).waitFor();
    expect(page.url()).toContain('at=');
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByText(postures.allOk.verdict.headline).waitFor();
    expect(await page.getByText('As it was, not as it is').count()).toBe(0);
  });
});

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/contract/index.ts';
import { postures } from '../../web/fixtures/postures.ts';
import { scan, scanStates } from '../../web/fixtures/scans.ts';
import { adminSession, problemOf } from '../testkit/page-server.ts';
import { expectGoodLooks } from './good-looks.ts';
import { openPages, type OpenPages } from './open-pages.ts';

const auditor: Session = { ...adminSession, username: 'audit', role: 'auditor' };
const user: Session = { ...adminSession, username: 'ursula', role: 'user' };

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
  page = await pages.open('/');
});
beforeEach(() => {
  Object.assign(pages.server.state, {
    posture: postures.allOk,
    scans: scanStates.underWay,
    session: adminSession,
    problem: null,
  });
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function openHome(): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${pages.server.url}/`);
  await page.getByRole('heading', { name: 'Latest findings' }).waitFor();
}

const part = (name: string) => page.getByRole('region', { name, exact: true });
const step = (title: string) => page.getByRole('listitem').filter({ hasText: title });

describe('the home page', () => {
  test('says how each part stands and leads to its page', async () => {
    await openHome();
    expect(await part('Verdict').innerText()).toContain('Running well');
    expect(await part('Databases').innerText()).toMatch(/config\s+ok\s+schema 7/);
    expect(await part('Last backup').innerText()).toMatch(/ago\s+proven/);
    expect(await part('Scanners').innerText()).toMatch(/20\s+of 22 online/);
    expect(await part('Queue').innerText()).toMatch(/0\s+jobs wait/);
    expect(await part('Preflight').innerText()).toMatch(/pass\s+of release 1\.4\.0/);
    expect(await part('Latest findings').innerText()).toMatch(/shop-1\.example\.org:443.*expired 3 days ago/s);
    expect(await page.getByRole('region', { name: 'First steps' }).count()).toBe(0);
    for (const [name, path] of [
      ['Databases', '/admin/databases'],
      ['Last backup', '/admin/backups'],
      ['Scanners', '/admin/scanners'],
      ['Queue', '/scans'],
    ] as const)
      expect(await part(name).getByRole('link').getAttribute('href')).toBe(path);
  });

  test('does not pass off as well, or as none, what cannot be read', async () => {
    pages.server.state.posture = postures.allDown;
    await openHome();
    for (const name of ['Last backup', 'Scanners', 'Queue', 'Preflight'])
      expect(await part(name).innerText()).toContain('cannot tell');
    expect(await part('Databases').innerText()).toMatch(/config\s+unknown/);
  });

  test('leads an empty deployment on, and ticks each step when it is true', async () => {
    Object.assign(pages.server.state, { posture: postures.empty, scans: scanStates.none });
    await openHome();
    expect(await part('First steps').innerText()).toContain('0 of 5 done');
    expect(await step('Enrol a scanner').getAttribute('aria-current')).toBe('step');
    expect(await step('Run preflight').innerText()).toContain(
      'docker compose --profile migrate run --rm migrator preflight',
    );
    await step('Ask for a scan')
      .getByRole('link', { name: /^Scan this manager, 127\.0\.0\.1:/ })
      .click();
    const dialog = page.getByRole('dialog', { name: 'New scan' });
    expect(await dialog.getByLabel('Targets').inputValue()).toMatch(/^127\.0\.0\.1:\d+$/);
    await page.keyboard.press('Escape');
    expect(new URL(page.url()).search).toBe('');

    const { scanners, preflight, preflightReading } = postures.allOk;
    pages.server.state.posture = { ...postures.empty, scanners, preflight, preflightReading };
    pages.server.state.scans = { ...scanStates.none, scans: [scan(1, { queued: 1 })] };
    await openHome();
    expect(await part('First steps').innerText()).toContain('3 of 5 done');
    expect(await step('See the first finding').getAttribute('aria-current')).toBe('step');
  });

  test('shows a user the scans alone, and tells an auditor who takes the steps', async () => {
    pages.server.state.session = user;
    pages.server.state.scans = scanStates.none;
    await openHome();
    expect(await part('First steps').innerText()).toContain('0 of 2 done');
    expect(await page.getByRole('region').count()).toBe(2);
    expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    pages.server.state.session = auditor;
    pages.server.state.posture = postures.empty;
    await openHome();
    expect(await step('Enrol a scanner').innerText()).toContain('An administrator does this.');
    expect(await part('First steps').getByRole('link').count()).toBe(0);
  });

  test('tells why there are no findings while scans are switched off', async () => {
    pages.server.state.session = user;
    pages.server.state.problem = problemOf(503, 'schema_behind', 'jobs is behind.');
    await page.goto(`${pages.server.url}/`);
    await page.getByRole('alert').filter({ hasText: 'jobs is behind.' }).waitFor();
  });
});

describe('the way around', () => {
  test('each page of Admin is reached from its line of links, with the page that is open marked', async () => {
    await openHome();
    await page.getByRole('link', { name: 'Admin', exact: true }).click();
    const line = page.getByRole('navigation', { name: 'Admin pages' });
    for (const name of await line.getByRole('link').allInnerTexts()) {
      await line.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await line.locator('[aria-current="page"]').innerText()).toBe(name);
      expect(await page.title()).toContain('Plimsoll');
    }
  });

  test('a narrow screen has all of them behind one button, which the keyboard opens and Escape closes', async () => {
    await openHome();
    await page.setViewportSize({ width: 360, height: 700 });
    const menu = page.getByRole('button', { name: 'Menu' });
    await menu.focus();
    await page.keyboard.press('Enter');
    const all = page.getByRole('navigation', { name: 'All pages' });
    await all.getByRole('link', { name: 'Settings' }).waitFor();
    await expectGoodLooks(page);
    await page.setViewportSize({ width: 360, height: 700 });
    await page.keyboard.press('Escape');
    await all.waitFor({ state: 'detached' });
    await menu.click();
    await all.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    expect(await all.count()).toBe(0);
  });

  test('the first key leads past the bar to the page', async () => {
    await openHome();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });

  test('the help is searched, and what is found leads to its place', async () => {
    await page.goto(`${pages.server.url}/help`);
    await page.getByLabel('Search the help').fill('forgotten password');
    await page.getByRole('link', { name: 'Help somebody who has forgotten the password' }).click();
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#help-somebody-who-has-forgotten-the-password');
    await page.goBack();
    await page.getByLabel('Search the help').fill('no such words anywhere');
    await page.getByText('Nothing in the help has all of these words.').waitFor();
    await expectGoodLooks(page);
  });
});

describe.each(['allOk', 'empty', 'allDown', 'longNames'] as const)('the home page in the state %s', (name) => {
  test('gives axe nothing to complain of, light and dark, and never scrolls sideways', async () => {
    pages.server.state.posture = postures[name];
    pages.server.state.scans = name === 'longNames' ? scanStates.longNames : scanStates.none;
    await openHome();
    await expectGoodLooks(page);
  });
});

test('the pages keep to the strictest content policy and log no error', () => {
  expect(pages.complaints).toEqual([]);
});

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/contract/index.ts';
import { accounts } from '../../web/fixtures/accounts.ts';
import { audits } from '../../web/fixtures/audits.ts';
import { postures } from '../../web/fixtures/postures.ts';
import { settingStates } from '../../web/fixtures/settings.ts';
import { generatedPassword } from '../testkit/page-admin.ts';
import { adminSession, problemOf } from '../testkit/page-server.ts';
import { expectAxeClean, expectGoodLooks } from './good-looks.ts';
import { openPages, type OpenPages } from './open-pages.ts';

const auditor: Session = { ...adminSession, username: 'audit', role: 'auditor' };

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
  page = await pages.open('/help');
});
beforeEach(() => {
  const state = { accounts: accounts.few, audit: audits.some, settings: settingStates.some };
  Object.assign(pages.server.state, { ...state, session: adminSession, problem: null });
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function open(path: string, heading: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${pages.server.url}${path}`);
  await page.getByRole('heading', { level: 2, name: heading, exact: true }).waitFor();
}

const row = (name: string) => page.getByRole('row').filter({ hasText: name });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = (name: string) => page.getByRole('dialog', { name });

describe('Admin > Users', () => {
  test('a user is added with a password that is shown once', async () => {
    await open('/admin/users', 'Users');
    await button('Add a user').click();
    await page.getByLabel('User name').fill('grace');
    await page.getByLabel('Role').selectOption('auditor');
    await expectAxeClean(page);
    await button('Add the user').click();
    const made = dialog('grace may sign in');
    expect(await made.innerText()).toContain(generatedPassword);
    await expectAxeClean(page);
    await button('I have copied it').click();
    expect(await row('grace').innerText()).toMatch(/auditor\s+active/);
    expect(await page.content()).not.toContain(generatedPassword);
  });

  test('a user is given another role, switched off, and given a new password', async () => {
    await open('/admin/users', 'Users');
    await button('nadia').click();
    await page.getByLabel('Role').selectOption('user');
    await button('Give this role').click();
    await page.getByText('nadia has the role user now.').waitFor();
    await button('nadia').click();
    await button('Switch off').click();
    await page.getByText('nadia is switched off').waitFor();
    await row('nadia').getByText('switched off').waitFor();
    await button('nadia').click();
    await button('Set a new password').click();
    await dialog('New password of nadia').getByText(generatedPassword).waitFor();
  });

  test('nobody is offered to take away their own role, and a refusal is told on the spot', async () => {
    await open('/admin/users', 'Users');
    expect(await row('(you)').innerText()).toContain('admin');
    await button('admin').click();
    await dialog('admin').getByText('so that nobody locks themselves out').waitFor();
    expect(await button('Switch off').count()).toBe(0);
    await page.keyboard.press('Escape');
    await button('Maren Voss').click();
    pages.server.state.problem = problemOf(409, 'last_admin', 'she is the last admin');
    await button('Switch off').click();
    await page.getByRole('dialog').getByRole('alert').filter({ hasText: 'she is the last admin' }).waitFor();
  });
});

describe('Admin > Tokens', () => {
  test('a token is made with role and end, shown once, and revoked', async () => {
    await open('/admin/tokens', 'API tokens');
    expect(await row('the pipeline').innerText()).toMatch(/admin\s+live\s+never\s+never/);
    await button('Make a token').click();
    await page.getByLabel('Which program').fill('grafana');
    await page.getByLabel('Good for').selectOption('30 days');
    await button('Make the token').click();
    expect(await dialog('The token grafana').innerText()).toMatch(/plm_x{43}/);
    await button('I have copied it').click();
    expect(await row('grafana').innerText()).toMatch(/auditor\s+live\s+never\s+in (29|30) days/);
    await button('Revoke grafana').click();
    await expectAxeClean(page);
    await button('Revoke the token').click();
    await page.getByText('grafana is revoked').waitFor();
    await page.getByText('3 tokens expired or revoked').waitFor();
  });
});

describe('Admin > Audit', () => {
  test('events are told in words, with what was written late marked, and filtered through the address', async () => {
    await open('/admin/audit', 'Events');
    expect(await row('recovery').innerText()).toMatch(/written late\s+waited 5 min for the config database/);
    expect(await row('backup.deleted').innerText()).toContain('deleted a bundle');
    await page.getByLabel('What').selectOption('all about users');
    await page.getByText('Maren Voss').first().waitFor({ state: 'detached' });
    await page.getByLabel('Who').fill('ADA');
    await row('manager').waitFor({ state: 'detached' });
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ action: 'user.', actor: 'ADA' });
    const file = await page.getByRole('link', { name: 'Export as CSV' }).getAttribute('href');
    expect(file).toBe('/api/admin/audit?action=user.&actor=ADA&format=csv');
    await page.getByLabel('Who').fill('nobody');
    await button('Clear the filters').click();
    await row('backup.deleted').waitFor();
  });

  test('a log that cannot be read says so, and what this manager holds is shown', async () => {
    pages.server.state.audit = audits.unread;
    await open('/admin/audit', 'Not written yet');
    await page.getByText('The audit log cannot be read now').waitFor();
    expect(await row('recovery').innerText()).toContain('signed in');
    await expectAxeClean(page);
  });

  test('hostile names are text, with every hidden character to be seen', async () => {
    pages.server.state.audit = audits.hostile;
    await open('/admin/audit', 'Events');
    expect(await row('gnp.exe').innerText()).toContain(String.raw`\u{202e}gnp.exe`);
    expect(await row('gnp.exe').innerText()).toContain('<script>alert(1)</script>');
  });
});

test('Admin > Settings tells each value with its source, and of secrets only that they are set', async () => {
  await open('/admin/settings', 'This manager');
  expect(await row('PORT').innerText()).toMatch(/8443\s+environment/);
  expect(await row('RECOVERY_TOKEN').innerText()).toMatch(/set, secret\s+file\s+\/run\/secrets\/recovery_token/);
  expect(await row('MIGRATIONS_DIR').innerText()).toContain('not set');
  expect(await row('future.key').innerText()).toContain('not shown');
  pages.server.state.settings = settingStates.unread;
  await open('/admin/settings', 'Kept in the database');
  await page.getByText('The config database cannot be read now').waitFor();
  await expectAxeClean(page);
});

test('an auditor sees all of these pages and is offered no change', async () => {
  pages.server.state.session = auditor;
  for (const [path, heading] of [
    ['/admin/users', 'Users'],
    ['/admin/tokens', 'API tokens'],
    ['/admin/settings', 'This manager'],
  ] as const) {
    await open(path, heading);
    const buttons = await page.getByRole('main').getByRole('button').allInnerTexts();
    expect(buttons.map((each) => each.trim())).toEqual(['Help']);
  }
});

test.each([
  ['/admin/users', 'Users', 'nadia'],
  ['/admin/tokens', 'API tokens', 'Make a token'],
  ['/admin/audit', 'Events', 'Help'],
])(
  '%s gives axe nothing to complain of, light and dark, also under what a button opens',
  async (path, heading, name) => {
    await open(path, heading);
    await expectAxeClean(page);
    await button(name).click();
    await page.getByRole('dialog').waitFor();
    await expectGoodLooks(page);
  },
);

test.each([
  ['/admin/users', 'Users'],
  ['/admin/tokens', 'API tokens'],
  ['/admin/audit', 'Events'],
  ['/admin/settings', 'This manager'],
])('%s never scrolls sideways, whatever strangers have called things', async (path, heading) => {
  const state = { accounts: accounts.longNames, audit: audits.hostile, settings: settingStates.unread };
  Object.assign(pages.server.state, state);
  await open(path, heading);
  await expectGoodLooks(page);
});

test.each([
  ['/admin/tokens', 'API tokens', 'No token is in use'],
  ['/admin/audit', 'Events', 'Nothing has been done yet'],
])('%s says what is not there yet', async (path, heading, words) => {
  Object.assign(pages.server.state, { accounts: accounts.none, audit: audits.none });
  await open(path, heading);
  await page.getByText(words).waitFor();
  await expectAxeClean(page);
});

test('the pages keep to the strictest content policy and log no error', () => {
  expect(pages.complaints).toEqual([]);
});

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { postures } from '../../web/fixtures/postures.ts';
import { adminSession } from '../testkit/page-server.ts';
import { expectGoodLooks } from './good-looks.ts';
import { openPages, type OpenPages } from './open-pages.ts';

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
});
beforeEach(() => {
  pages.server.state.session = null;
});
afterEach(async () => {
  await page.context().close();
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function signIn(password: string): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

test('whoever is signed out is asked to sign in, and then gets the page they came for', async () => {
  page = await pages.open('/admin/release?db=jobs');
  await signIn('right');
  await page.getByRole('heading', { name: 'Migration history' }).waitFor();
  expect(new URL(page.url()).search).toBe('?db=jobs');
});

test('a refusal is shown on the spot, with what to do', async () => {
  page = await pages.open('/sign-in');
  await signIn('wrong');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.innerText()).toContain('User name and password do not go together.');
  expect(await alert.innerText()).toContain('plimsoll user list');
});

test('with the config database down the recovery token opens the pages, read-only', async () => {
  page = await pages.open('/sign-in');
  await page.getByRole('button', { name: 'Use the recovery token' }).click();
  await page.getByLabel('Recovery token').fill('right');
  await page.keyboard.press('Enter');
  await page.getByText('recovery, read-only').waitFor();
});

test('a provider is offered by its name, and what became of a sign-in by it is said in words', async () => {
  pages.server.state.ways = { recovery: true, oidc: { name: 'Ardent ID', path: '/api/session/oidc' } };
  page = await pages.open('/sign-in?next=/scans&oidc=no_role');
  const link = page.getByRole('link', { name: 'Sign in with Ardent ID' });
  expect(await link.getAttribute('href')).toBe('/api/session/oidc?next=%2Fscans');
  expect(await page.getByRole('alert').innerText()).toContain('You have no role here');
  await expectGoodLooks(page);
  pages.server.state.ways = { recovery: true, oidc: null };
});

test('signing out leads back to the sign-in page', async () => {
  pages.server.state.session = adminSession;
  page = await pages.open('/admin/release');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Plimsoll' }).waitFor();
});

test('a session that ends while the page is open leads to the sign-in page', async () => {
  pages.server.state.session = adminSession;
  page = await pages.open('/admin/release');
  await page.getByRole('heading', { name: 'Verdict' }).waitFor();
  pages.server.state.session = null;
  await page.getByRole('heading', { name: 'Sign in to Plimsoll' }).waitFor();
  expect(new URL(page.url()).searchParams.get('next')).toBe('/admin/release');
});

test.each(['/sign-in', '/help', '/help/release', '/no/such/page'])(
  'axe finds nothing to complain of on %s',
  async (path) => {
    pages.server.state.session = path === '/sign-in' ? null : adminSession;
    page = await pages.open(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations.map((each) => each.id)).toEqual([]);
  },
);

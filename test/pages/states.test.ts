import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postures, type PostureName } from '../../web/fixtures/postures.ts';
import { expectGoodLooks } from './good-looks.ts';
import { openPages, type OpenPages } from './open-pages.ts';

const names = Object.keys(postures) as PostureName[];

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
  page = await pages.open('/admin/release');
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function show(name: PostureName): Promise<void> {
  pages.server.state.posture = postures[name];
  await page.reload();
  await page.getByRole('heading', { name: 'Migration history' }).waitFor();
}

describe.each(names)('the page in the state %s', (name) => {
  test('gives axe nothing to complain of, light and dark, and never scrolls sideways', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await show(name);
    await expectGoodLooks(page);
  });
});

test('the pages keep to the strictest content policy and log no error', () => {
  expect(pages.complaints).toEqual([]);
});

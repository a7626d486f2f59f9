import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postures, type PostureName } from '../../web/fixtures/postures.ts';
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

async function complaintsOf(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

describe.each(names)('the page in the state %s', (name) => {
  test('gives axe nothing to complain of, light and dark', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await show(name);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await complaintsOf(new AxeBuilder({ page }))).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    // Only the colours differ, so only they are looked at again.
    expect(await complaintsOf(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([]);
  });

  test('never scrolls sideways, be the screen 320 px narrow', async () => {
    await show(name);
    for (const width of [320, 640, 900, 1440]) {
      await page.setViewportSize({ width, height: 640 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });
});

test('the pages keep to the strictest content policy and log no error', () => {
  expect(pages.complaints).toEqual([]);
});

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { seeded } from '../testkit/seeded.ts';

const widths = [320, 640, 900, 1440];

/** Dark and the widths are looked at on all pages with LOOKS=all, else on those that a seed draws. */
const seed = Number(process.env['LOOKS_SEED'] ?? Date.now() % 2 ** 31);
const random = seeded(seed);
const all = process.env['LOOKS'] === 'all';
if (!all) process.stdout.write(`looks drawn by LOOKS_SEED=${seed}; LOOKS=all looks at everything\n`);

/** Expects that axe finds nothing on a page as it is. */
export async function expectAxeClean(page: Page): Promise<void> {
  expect(await complaintsOf(new AxeBuilder({ page }))).toEqual([]);
}

/** Expects of a page in light that axe finds nothing, in dark neither, and that nothing scrolls sideways at any width. */
export async function expectGoodLooks(page: Page): Promise<void> {
  await expectAxeClean(page);
  if (all || random() < 0.4) {
    await page.emulateMedia({ colorScheme: 'dark' });
    // Only the colours differ, so only they are looked at again.
    expect(await complaintsOf(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([]);
    // The next page is drawn in light from the start: switching it under way has been seen to leave single words in dark.
    await page.emulateMedia({ colorScheme: 'light' });
  }
  for (const width of all ? widths : [320, widths[1 + Math.floor(random() * 3)] ?? 1440]) {
    await page.setViewportSize({ width, height: 640 });
    // Less where a gutter is kept free for a scrollbar.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
}

async function complaintsOf(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

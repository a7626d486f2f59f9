import type { Page } from 'playwright-core';
import type { ReleasePosture } from '../../src/contract/index.ts';
import { launchBrowser } from '../testkit/browser.ts';
import { waitFor } from '../testkit/wait-for.ts';
import type { Caller } from './deployment.ts';

/** Waits until the Release page's data are as wanted, and gives them. */
export async function releaseOf(
  caller: Caller,
  what: string,
  holds: (release: ReleasePosture) => boolean,
): Promise<ReleasePosture> {
  return await waitFor(
    async () => {
      const release = await caller.get<ReleasePosture>('/api/admin/release');
      if (holds(release)) return release;
      throw new Error(release.verdict.headline);
    },
    { what, timeoutMs: 60_000, everyMs: 500 },
  );
}

/** The same for a verdict. */
export const verdictOf = async (caller: Caller, status: ReleasePosture['verdict']['status']): Promise<ReleasePosture> =>
  await releaseOf(caller, `the verdict to be ${status}`, ({ verdict }) => verdict.status === status);

/** Opens a page in a real browser of its own. */
export async function inBrowser(url: string, look: (page: Page) => Promise<void>): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await look(page);
  } finally {
    await browser.close();
  }
}

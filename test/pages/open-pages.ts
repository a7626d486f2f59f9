import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ReleasePosture } from '../../src/contract/index.ts';
import { launchBrowser } from '../testkit/browser.ts';
import { servePages, type PageServer } from '../testkit/page-server.ts';

export interface OpenPages extends AsyncDisposable {
  readonly server: PageServer;
  /** Errors and policy violations that any page has logged. */
  readonly complaints: string[];
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
}

/** A browser and the built pages, answered from a posture. Each page opened is a visitor of its own, gone when it is closed. */
export async function openPages(posture: ReleasePosture): Promise<OpenPages> {
  const server = await servePages({ posture });
  const browser: Browser = await launchBrowser();
  const complaints: string[] = [];
  return {
    server,
    complaints,
    async open(path, options = {}) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        const text = message.text();
        // Answers of 401, 403 and cut connections are what some tests are about; the browser logs them itself.
        if (message.type() === 'error' && !text.startsWith('Failed to load resource')) complaints.push(text);
      });
      await page.goto(`${server.url}${path}`);
      return page;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { launchBrowser } from '../testkit/browser.ts';
import { scratchFolder } from '../testkit/index.ts';
import { expectNoComplaints } from './page-scene.ts';
import { up } from './stack.ts';

const run = promisify(execFile);
const patient = { timeout: 90_000 };

const step = (page: Page, title: string) => page.getByRole('listitem').filter({ hasText: title });
const done = async (page: Page, title: string) =>
  await step(page, title).getByText('done', { exact: true }).waitFor(patient);

/** Types what a page shows into a shell, in the folder of the checkout; its exit code does not matter here. */
async function type(command: string): Promise<string> {
  const shell = await run('/bin/sh', ['-c', command], { timeout: 120_000 }).catch((error: unknown) => error);
  const { stdout = '', stderr = '' } = shell as { stdout?: string; stderr?: string };
  return stdout + stderr;
}

test('a newcomer gets from the terminal to the first finding, bundle and preflight by what the pages say alone', async () => {
  await using scratch = await scratchFolder();
  await using stack = await up({ dataDir: join(scratch.path, 'data') });
  const said = stack.child.stdout();
  const [address = ''] = /http:\/\/\S+/.exec(said) ?? [];
  const [, password = ''] = /Password +(\S+)/.exec(said) ?? [];
  const browser = await launchBrowser();
  try {
    const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(address);
    await page.getByLabel('User name').fill(stack.file().adminUser);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();

    // The stack has brought a scanner; the next step is the scan.
    await page.getByRole('heading', { name: 'First steps' }).waitFor();
    await done(page, 'Enrol a scanner');
    await step(page, 'Ask for a scan')
      .getByRole('link', { name: /^Scan this manager/ })
      .click();
    await page.getByRole('button', { name: 'Start the scan' }).click();
    await page.getByRole('table', { name: 'Findings' }).getByText('open', { exact: true }).waitFor(patient);

    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await done(page, 'Ask for a scan');
    await done(page, 'See the first finding');
    const findings = page.getByRole('region', { name: 'Latest findings' });
    await findings.getByText(new URL(address).host.replace('localhost', '127.0.0.1')).first().waitFor();

    await step(page, 'Take a backup').getByRole('link', { name: 'To Backups' }).click();
    await page.getByRole('button', { name: 'Take the first backup' }).click();
    await page.getByRole('button', { name: 'Take it now' }).click();
    await page.getByRole('heading', { name: 'Bundles' }).waitFor();
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await done(page, 'Take a backup');

    const command = await step(page, 'Run preflight').locator('code').innerText();
    expect(command).toMatch(/npx plimsoll migrator preflight$/);
    await expectNoComplaints(page);
    expect(await type(command)).toContain('Preflight');
    // All is done: the part goes away, and the posture has the run.
    await page.getByRole('heading', { name: 'First steps' }).waitFor({ state: 'detached', ...patient });
    await page
      .getByRole('region', { name: 'Preflight' })
      .getByText(/of release \d/)
      .waitFor();
  } finally {
    await browser.close();
  }
});

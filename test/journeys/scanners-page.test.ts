import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolAnswerSchema, scannerPaths } from '../../src/contract/index.ts';
import { launchBrowser } from '../testkit/browser.ts';
import { scratchFolder, startChild } from '../testkit/index.ts';
import { expectNoComplaints, setPageScene } from './page-scene.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** Makes a token through the page, and reads it out of the command shown there, as an administrator would. */
async function makeToken(page: Page, uses: number): Promise<{ readonly manager: string; readonly token: string }> {
  await page.getByRole('button', { name: 'Enrol the first scanner' }).click();
  await page.getByLabel('What for').fill('the journey');
  await page.getByLabel('How many scanners').fill(String(uses));
  await page.getByRole('button', { name: 'Make the token' }).click();
  const text = await page.getByText('SCANNER_MANAGER_URL=').first().locator('..').innerText();
  await page.getByRole('button', { name: 'I have copied it' }).click();
  const [, manager = '', token = ''] =
    /SCANNER_MANAGER_URL=(\S+)\s+SCANNER_ENROLMENT_TOKEN=(\S+)\s+npx\s+plimsoll\s+scanner/.exec(text) ?? [];
  return { manager, token };
}

async function call(url: string, bearer: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Enrols a scanner over the wire and has it report in once; gives its credential. */
async function enrol(
  { manager, token }: { readonly manager: string; readonly token: string },
  facts: { readonly name: string; readonly binaryVersion: string; readonly protocolVersion: number },
): Promise<string> {
  const answer = await call(`${manager}${scannerPaths.enrol}`, token, facts);
  expect(answer.status).toBe(201);
  const { credential } = enrolAnswerSchema.parse(await answer.json());
  expect((await heartbeat(manager, credential, facts)).status).toBe(200);
  return credential;
}

async function heartbeat(
  manager: string,
  credential: string,
  { binaryVersion, protocolVersion }: { readonly binaryVersion: string; readonly protocolVersion: number },
): Promise<Response> {
  const body = { binaryVersion, protocolVersion, running: [] };
  return await call(`${manager}${scannerPaths.heartbeat}`, credential, body);
}

const insider = { name: 'dock-1', binaryVersion: '1.0.0', protocolVersion: 2 };
const outsider = { name: 'from-the-future', binaryVersion: '9.0.0', protocolVersion: 9 };

test('scanners that enrol with a token of the page appear inside or outside with the reason, and one is revoked', async () => {
  await using scene = await setPageScene({
    browser,
    migrated: ['config', 'results', 'jobs'],
    path: '/admin/scanners',
    heading: 'Enrolment tokens',
  });
  const { page, url } = scene;
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const enrolment = await makeToken(page, 3);
  expect(enrolment.manager).toBe(url);

  const credential = await enrol(enrolment, insider);
  await row('dock-1').getByText('online', { exact: true }).waitFor();
  expect(await row('dock-1').innerText()).toMatch(/1\.0\.0\s+2 inside\s+no\s+0/);

  const outside = await enrol(enrolment, outsider);
  await row('from-the-future').getByText('outside', { exact: true }).waitFor();
  expect(await row('from-the-future').innerText()).toContain('the scanner is newer than the manager');
  const lease = await call(`${url}${scannerPaths.lease}`, outside, { protocolVersion: 9, max: 1, waitSeconds: 0 });
  expect(lease.status).toBe(426);
  await row('from-the-future').getByText('once, first').waitFor();
  await using folder = await scratchFolder();
  await using program = startChild({
    args: ['src/main.ts', 'scanner'],
    environment: {
      SCANNER_MANAGER_URL: enrolment.manager,
      SCANNER_ENROLMENT_TOKEN: enrolment.token,
      SCANNER_NAME: 'by-the-command',
      DATA_DIR: folder.path,
    },
  });
  await row('by-the-command').getByText('online', { exact: true }).waitFor();
  await program[Symbol.asyncDispose]();

  await page.getByLabel('Window').selectOption('outside');
  await page.getByText('1 scanner found').waitFor();
  await page.getByLabel('Window').selectOption('In and out');
  await expectNoComplaints(page);

  await page.getByRole('button', { name: 'dock-1', exact: true }).click();
  await page.getByLabel('To revoke it, type its name').fill('dock-1');
  await page.keyboard.press('Enter');
  await row('dock-1').getByText('by admin').waitFor();
  const refused = await heartbeat(url, credential, insider);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ code: 'credential_revoked' });
  expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
});

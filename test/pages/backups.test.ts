import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/contract/index.ts';
import { takingRun } from '../../web/fixtures/backup-status.ts';
import { backups, type BackupFixture } from '../../web/fixtures/backups.ts';
import { postures } from '../../web/fixtures/postures.ts';
import { before } from '../../web/fixtures/parts.ts';
import { tellRun } from '../testkit/page-backups.ts';
import { adminSession, problemOf } from '../testkit/page-server.ts';
import { waitFor } from '../testkit/wait-for.ts';
import { expectGoodLooks } from './good-looks.ts';
import { openPages, type OpenPages } from './open-pages.ts';

const auditor: Session = { ...adminSession, username: 'audit', role: 'auditor' };
const states = Object.entries<BackupFixture>(backups);

let pages: OpenPages;
let page: Page;
beforeAll(async () => {
  pages = await openPages(postures.allOk);
  page = await pages.open('/help', { permissions: ['clipboard-read', 'clipboard-write'] });
});
beforeEach(() => {
  Object.assign(pages.server.state, { backups: backups.full, session: adminSession, problem: null, cut: false });
  pages.server.calls.length = 0;
});
afterAll(async () => {
  await pages[Symbol.asyncDispose]();
});

async function openBackups(fixture: BackupFixture = backups.full, search = ''): Promise<void> {
  pages.server.state.backups = fixture;
  await page.goto(`${pages.server.url}/admin/backups${search}`);
  const isSilent = fixture.unreachable !== undefined || fixture.notConfigured === true;
  await page.getByRole('heading', { name: isSilent ? 'Backup service' : 'Runs' }).waitFor();
}

/** As when the reader comes back to the tab: the page asks at once. */
async function comeBack(): Promise<void> {
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = (name?: string) => page.getByRole('dialog', name === undefined ? {} : { name });
const region = (name: string) => page.getByRole('region', { name, exact: true });
const bundleRow = (id: string) => region('Bundles').getByRole('row').filter({ hasText: id });
const idOf = (fixture: BackupFixture, index: number): string => fixture.bundles[index]?.id ?? '';

describe.each(states)('the page in the state %s', (_name, fixture) => {
  test('gives axe nothing to complain of, light and dark, and never scrolls sideways', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await openBackups(fixture);
    await expectGoodLooks(page);
  });
});

test.each([
  ['proven', backups.full, 1],
  ['damaged', backups.damaged, 0],
  ['encrypted', backups.encrypted, 0],
  ['with long names', backups.longNames, 0],
] as const)('the details of a bundle that is %s look as good', async (_, fixture, index) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await openBackups(fixture, `?bundle=${idOf(fixture, index)}`);
  await dialog().getByRole('heading', { name: 'How to bring it back' }).waitFor();
  await expectGoodLooks(page);
});

describe('what the page says', () => {
  test('completed, verified, proven and damaged are different words, each with the time of its check', async () => {
    await openBackups();
    const state = async (index: number) => await bundleRow(idOf(backups.full, index)).innerText();
    expect(await state(0)).toMatch(/\bcompleted\b/);
    expect(await state(1)).toMatch(/proven 13 h ago/);
    expect(await state(3)).toMatch(/verified 2 days ago/);
    expect(await state(4)).toMatch(/damaged[^]*bundle\.json says 702441870/);
    expect(await state(5)).toMatch(/pinned[^]*before the move to 1\.4\.0/);
  });

  test('an empty deployment leads an administrator to the first bundle, and tells an auditor who takes it', async () => {
    await openBackups(backups.empty);
    await button('Take the first backup').click();
    await dialog('Take a backup').waitFor();
    pages.server.state.session = auditor;
    await page.reload();
    await page.getByText('An administrator takes it on this page.').waitFor();
  });

  test('an auditor sees all of it, and is offered neither a change nor a download', async () => {
    pages.server.state.session = auditor;
    await openBackups(backups.encrypted, `?bundle=${idOf(backups.encrypted, 0)}`);
    await dialog().getByRole('heading', { name: 'How to bring it back' }).waitFor();
    expect(await dialog().getByRole('textbox').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Download' }).count()).toBe(0);
    for (const name of ['Take a backup', 'Verify', 'Prove', 'Pin', 'Delete'])
      expect(await button(name).count()).toBe(0);
    expect(await page.getByRole('button', { name: /Show the key/ }).count()).toBe(0);
  });

  test('what is no bundle is listed as such, with the reason', async () => {
    await openBackups(backups.damaged);
    const table = page.getByRole('table', { name: 'What is no bundle' });
    expect(await table.innerText()).toMatch(/20261121T021000Z-0badf00d[^]*no bundle[^]*it was renamed/);
  });

  test('failed, interrupted and cancelled runs are told apart, with the reason and the way out', async () => {
    await openBackups(backups.failing);
    const runs = await region('Runs').innerText();
    expect(runs).toMatch(/failed[^]*No space left on[^]*Make room there/);
    expect(runs).toMatch(/interrupted[^]*ended while this run was at work/);
    expect(runs).toContain('cancelled');
  });

  test('a target that cannot be reached says why, and what retention would remove next is named', async () => {
    await openBackups(backups.failing);
    const targets = await region('Targets').innerText();
    expect(targets).toMatch(/It cannot be reached[^]*the store refused the credential: it has expired/i);
    expect(targets).toContain('20261119T021000Z-7f3ab91c');
    expect(targets).toContain('the last 7, one a day for 14 days, one a week for 8 weeks, one a month for 12 months');
  });

  test('references that lead nowhere are said in the list and in the details', async () => {
    await openBackups(backups.damaged);
    expect(await bundleRow(idOf(backups.damaged, 0)).innerText()).toContain('3 lead nowhere');
    await page.getByRole('button', { name: idOf(backups.damaged, 0) }).click();
    await dialog().getByText('every result has its job, of 4,118,240 checked').waitFor();
    expect(await dialog().innerText()).toContain('3 missing');
  });

  test('five hundred bundles show the newest first, and all of them when asked', async () => {
    await openBackups(backups.many);
    expect(await region('Bundles').getByRole('row').count()).toBe(26);
    await button('Show all 500').click();
    await waitFor(async () => (await region('Bundles').getByRole('row').count()) === 501, { what: 'all bundles' });
    expect(new URL(page.url()).search).toBe('?all=1');
  });

  test('the restore instructions are commands for this bundle, to copy', async () => {
    await openBackups(backups.full, `?bundle=${idOf(backups.full, 1)}`);
    const id = idOf(backups.full, 1);
    await dialog().getByText(`docker compose run --rm operator backup restore ${id} --dry-run`).waitFor();
    await dialog().getByRole('button', { name: 'Copy' }).nth(1).click();
    await waitFor(async () => (await page.evaluate(() => navigator.clipboard.readText())).includes(`restore ${id}`), {
      what: 'the command on the clipboard',
    });
  });
});

describe('when the backup service is stopped', () => {
  test('the page says so, with what starts it and what was last known', async () => {
    await openBackups(backups.unreachable);
    const notice = await page.getByRole('alert').innerText();
    expect(notice).toMatch(/The backup service cannot be asked[^]*ECONNREFUSED/);
    expect(notice).toContain(`Last known: ${idOf(backups.full, 1)}`);
    expect(notice).toContain('docker compose up -d backup');
    expect(await button('Take a backup').count()).toBe(0);
  });

  test('one that never answered is not said to have no backup', async () => {
    await openBackups(backups.neverReached);
    expect(await page.getByRole('alert').innerText()).toContain('Whether there is a backup is not known');
    expect(await page.getByText('No backup has been taken').count()).toBe(0);
  });

  test('an open page keeps what it knew and says from when it is, and comes back by itself', async () => {
    await openBackups();
    pages.server.state.backups = backups.unreachable;
    await comeBack();
    await page.getByRole('alert').filter({ hasText: 'What you see below is what it said' }).waitFor();
    expect(await bundleRow(idOf(backups.full, 1)).innerText()).toContain('proven');
    expect(await region('Under way').innerText()).toContain('is not known');
    pages.server.state.backups = backups.full;
    await comeBack();
    await page.getByRole('alert').filter({ hasText: 'cannot be asked' }).waitFor({ state: 'detached' });
    await button('Take a backup').waitFor();
  });

  test('a deployment without one is told what to set, which is no alarm', async () => {
    await openBackups(backups.notConfigured);
    await page.getByText('No backup service is set up').waitFor();
    expect(await page.getByRole('alert').filter({ hasText: 'cannot be asked' }).count()).toBe(0);
  });

  test('a manager that cannot be reached is another thing, and the page keeps its last data', async () => {
    await openBackups();
    pages.server.state.cut = true;
    await comeBack();
    await page.getByRole('alert').filter({ hasText: 'The manager cannot be reached' }).waitFor();
    expect(await bundleRow(idOf(backups.full, 1)).innerText()).toContain('proven');
  });

  test('whoever may not see the page is told why', async () => {
    pages.server.state.problem = problemOf(403, 'forbidden', 'Role user may not read this page.');
    await page.goto(`${pages.server.url}/admin/backups`);
    await page.getByRole('alert').filter({ hasText: 'Role user may not read this page.' }).waitFor();
  });
});

describe('a run', () => {
  test('is begun with a note, told as it goes without asking, survives a reload, and ends by itself', async () => {
    await openBackups();
    await button('Take a backup').click();
    await dialog('Take a backup').getByRole('textbox').fill('before 1.5.0');
    await button('Take it now').click();
    await dialog('Take a backup').waitFor({ state: 'detached' });
    const results = page.getByRole('progressbar', { name: 'results' });
    await results.waitFor();
    await page.reload();
    await results.waitFor();
    await waitFor(() => pages.server.state.runListeners.size === 1, { what: 'the page to listen' });
    const further = takingRun.databases.map((database) =>
      database.name === 'results' ? Object.assign({}, database, { doneBytes: 3_160_988_415 }) : database,
    );
    tellRun(pages.server.state, { ...takingRun, doneBytes: 3_294_733_565, databases: further });
    await waitFor(async () => (await results.getAttribute('value')) === '90', { what: 'the bar to move' });
    tellRun(pages.server.state, { ...takingRun, state: 'succeeded', finishedAt: before({}) });
    await page.getByText('Nothing is under way.').waitFor();
    await waitFor(() => pages.server.state.runListeners.size === 0, { what: 'the page to let go of the stream' });
  });

  test('moves nothing on the page when it begins and when it ends', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await openBackups();
    const top = async () => await region('Bundles').evaluate((element) => element.getBoundingClientRect().top);
    const idle = await top();
    tellRun(pages.server.state, takingRun);
    await comeBack();
    await page.getByRole('progressbar', { name: 'results' }).waitFor();
    expect(await top()).toBe(idle);
  });

  test('can be cancelled', async () => {
    await openBackups(backups.running);
    await region('Under way').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The run is cancelled.').waitFor();
    await page.getByText('Nothing is under way.').waitFor();
  });

  test('that somebody else has begun meanwhile is told as the service tells it', async () => {
    await openBackups();
    await button('Take a backup').click();
    pages.server.state.backups = backups.running;
    await button('Take it now').click();
    await dialog('Take a backup').getByText('a bundle is being taken by admin').waitFor();
  });
});

describe('what an administrator does to a bundle', () => {
  const id = idOf(backups.full, 1);
  const openBundle = async () => {
    await openBackups();
    await page.getByRole('button', { name: id }).click();
    await dialog(`Bundle ${id}`).getByRole('heading', { name: 'How to bring it back' }).waitFor();
  };

  test.each([
    ['Verify', `The checksums of ${id} are being read.`],
    ['Prove', `${id} is being proven.`],
  ])('%s begins a run, which the page then shows', async (name, said) => {
    await openBundle();
    await button(name).click();
    await page.getByText(said).waitFor();
    await region('Under way').getByRole('progressbar').first().waitFor();
  });

  test('proving is not offered where it cannot be done, and the reason is given', async () => {
    await openBackups(backups.encrypted, `?bundle=${idOf(backups.encrypted, 0)}`);
    await dialog().getByText('It cannot be proven here: BACKUP_PROVE_DATABASE_URL is not set.').waitFor();
    expect(await button('Prove').isDisabled()).toBe(true);
  });

  test('it is pinned with a note, and unpinned', async () => {
    await openBundle();
    await dialog().getByRole('textbox', { name: 'Keep it for good' }).fill('the one of the audit');
    await button('Pin').click();
    await bundleRow(id).getByText('the one of the audit').waitFor();
    await page.getByRole('button', { name: id }).click();
    await button('Unpin').click();
    await bundleRow(id).getByText('the one of the audit').waitFor({ state: 'detached' });
  });

  test('the download is a link that a browser resumes by itself', async () => {
    await openBundle();
    const link = page.getByRole('link', { name: 'Download' });
    expect(await link.getAttribute('href')).toBe(`/api/admin/backups/${id}/download`);
    expect(await link.getAttribute('download')).not.toBeNull();
  });

  test('it is deleted only once its id has been typed', async () => {
    await openBundle();
    expect(await button('Delete').isDisabled()).toBe(true);
    await dialog()
      .getByRole('textbox', { name: /To delete it/ })
      .fill(`${id.slice(0, -1)}0`);
    expect(await button('Delete').isDisabled()).toBe(true);
    await dialog()
      .getByRole('textbox', { name: /To delete it/ })
      .fill(id);
    await page.keyboard.press('Enter');
    await page.getByText(`${id} is deleted from every target.`).waitFor();
    await bundleRow(id).waitFor({ state: 'detached' });
  });

  test('a bundle that is gone is told as such, and the page goes on', async () => {
    await openBackups(backups.full, '?bundle=20260101T000000Z-00000000');
    await dialog().getByText('there is no bundle 20260101T000000Z-00000000').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  test('the keyboard opens the details and leads back to where it was', async () => {
    await openBackups();
    const row = page.getByRole('button', { name: id });
    await row.focus();
    await page.keyboard.press('Enter');
    await dialog(`Bundle ${id}`).waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

test('the holder of a key shows it by reading a text, which is then on record', async () => {
  await openBackups(backups.encrypted);
  expect(await region('Encryption').innerText()).toMatch(/age1ql3z[^]*never/);
  await page.getByRole('button', { name: 'Show the key of age1ql3z7hjy' }).click();
  await dialog().getByText('BEGIN AGE ENCRYPTED FILE').waitFor();
  await dialog().getByRole('textbox', { name: 'What it says' }).fill('plimsoll-0123');
  await button('Record it').click();
  await region('Encryption').getByText('by admin').waitFor();
});

test('the pages keep to the strictest content policy and log no error', () => {
  expect(pages.complaints).toEqual([]);
});

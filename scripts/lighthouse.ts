import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { findBrowser } from '../test/testkit/browser.ts';
import { servePages } from '../test/testkit/page-server.ts';
import { postures } from '../web/fixtures/postures.ts';
import { scanStates } from '../web/fixtures/scans.ts';
import { ensureWebBuilt } from './ensure-built.ts';

/**
 * Lighthouse over every page, as built and with fixtures behind: `npm run lighthouse [-- --page /admin/audit --phone]`.
 * With its desktop preset, as these are pages of a console; `--phone` simulates a slow phone on a slow line. Exits 1 when a page falls below the floor in any category.
 * Lighthouse brings 160 MB and ninety packages, more than all else that is only for development: so npx fetches it when
 * it is asked for, in this version.
 */
const lighthouse = 'lighthouse@13.5.0';
const floor = 95;
const categories = ['performance', 'accessibility', 'best-practices'] as const;
const { values } = parseArgs({ options: { page: { type: 'string' }, phone: { type: 'boolean', default: false } } });
const run = promisify(execFile);

const { scans, findings, schedules } = scanStates.underWay;
const pages = [
  '/sign-in',
  '/',
  '/admin/release',
  '/admin/databases',
  '/admin/backups',
  '/admin/scanners',
  '/admin/users',
  '/admin/tokens',
  '/admin/audit',
  '/admin/settings',
  '/scans',
  `/scans/${scans[0]?.id}`,
  `/scans/schedules/${schedules[0]?.id}`,
  `/scans/target?address=${findings[0]?.address}`,
  '/help',
  '/help/release',
];

type Scores = Record<(typeof categories)[number], number>;

await ensureWebBuilt();
await using server = await servePages({ posture: postures.allOk });
const executable = await findBrowser();
const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-lighthouse-'));
try {
  const tooLow: string[] = [];
  process.stdout.write(`| page | ${categories.join(' | ')} |\n| --- | ---: | ---: | ---: |\n`);
  for (const page of pages.filter((each) => values.page === undefined || each === values.page)) {
    const scores = await measure(page);
    process.stdout.write(`| \`${page}\` | ${categories.map((name) => scores[name]).join(' | ')} |\n`);
    tooLow.push(...categories.filter((name) => scores[name] < floor).map((name) => `${page}: ${name} ${scores[name]}`));
  }
  if (tooLow.length > 0) process.stderr.write(`Below ${floor}:\n${tooLow.join('\n')}\n`);
  process.exitCode = tooLow.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The scores of one page, 0 to 100. */
async function measure(page: string): Promise<Scores> {
  // The sign-in page is the one that nobody is signed in on.
  if (page === '/sign-in') server.state.session = null;
  const output = path.join(folder, 'report.json');
  const words = [
    `${server.url}${page}`,
    '--output=json',
    `--output-path=${output}`,
    '--quiet',
    `--only-categories=${categories.join(',')}`,
    '--chrome-flags=--headless=new --no-sandbox --disable-gpu',
    ...(values.phone ? [] : ['--preset=desktop']),
  ];
  await run('npx', ['--yes', lighthouse, ...words], { env: { ...process.env, CHROME_PATH: executable } });
  server.state.session = { username: 'admin', role: 'admin', method: 'password', expiresAt: null };
  const report = JSON.parse(await readFile(output, 'utf8')) as { categories: Record<string, { score: number | null }> };
  const scoreOf = (name: string): number => Math.round((report.categories[name]?.score ?? 0) * 100);
  return {
    performance: scoreOf('performance'),
    accessibility: scoreOf('accessibility'),
    'best-practices': scoreOf('best-practices'),
  };
}

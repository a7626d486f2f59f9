import { accessSync, constants, existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A real browser: the system's Chromium if there is one, else the one inside @sparticuz/chromium. Nothing is downloaded.
 * `PLIMSOLL_TEST_BROWSER=package` asks for the packaged one where both are there.
 */
export async function launchBrowser(): Promise<Browser> {
  const system = findSystemChromium();
  // Chromium's own sandbox refuses to run as root, and containers seldom allow it to anybody.
  if (system !== undefined) {
    return await chromium.launch({ executablePath: system, args: [...quiet, '--no-sandbox'] });
  }
  const packaged = (await import('@sparticuz/chromium')).default;
  // Its own arguments are meant for a one-shot function; in a single process the browser dies with its first closed page.
  const args = packaged.args.filter((each) => !['--single-process', '--no-zygote'].includes(each));
  return await chromium.launch({
    executablePath: await unpackOnce(async () => await packaged.executablePath()),
    args: [...args, ...quiet, '--no-sandbox'],
  });
}

/**
 * The package unpacks itself to a fixed name in the temporary folder and takes whatever is there for whole. That fails when
 * another user has done it, or another worker is at it: so each user has a folder of their own, filled elsewhere and moved there.
 */
async function unpackOnce(unpack: () => Promise<string>): Promise<string> {
  const manifest = path.resolve(import.meta.dirname, '../../node_modules/@sparticuz/chromium/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const folder = path.join(tmpdir(), `plimsoll-chromium-${version}-${userInfo().uid}`);
  if (!existsSync(folder)) {
    const fresh = await mkdtemp(`${folder}-`);
    await withTemporaryFolder(fresh, unpack);
    // Whoever comes second finds the folder there, just as good.
    await rename(fresh, folder).catch(async () => await rm(fresh, { recursive: true, force: true }));
  }
  return path.join(folder, 'chromium');
}

async function withTemporaryFolder(folder: string, run: () => Promise<string>): Promise<void> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    await run();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

/** The path of the browser that `launchBrowser` would start. */
export async function findBrowser(): Promise<string> {
  const packaged = async (): Promise<string> => (await import('@sparticuz/chromium')).default.executablePath();
  return findSystemChromium() ?? (await unpackOnce(packaged));
}

function findSystemChromium(): string | undefined {
  if (process.env['PLIMSOLL_TEST_BROWSER'] === 'package') return undefined;
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/bin'];
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { accessSync, constants } from 'node:fs';
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
  const wantsPackage = process.env['PLIMSOLL_TEST_BROWSER'] === 'package';
  const system = wantsPackage ? undefined : findSystemChromium();
  // Chromium's own sandbox refuses to run as root, and containers seldom allow it to anybody.
  if (system !== undefined) {
    return await chromium.launch({ executablePath: system, args: [...quiet, '--no-sandbox'] });
  }
  const packaged = (await import('@sparticuz/chromium')).default;
  return await chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...packaged.args, ...quiet, '--no-sandbox'],
  });
}

function findSystemChromium(): string | undefined {
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

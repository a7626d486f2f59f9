import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'postject';
import { bundleScanner } from './bundle.ts';

const run = promisify(execFile);

/** The place in Node's own binary that is flipped when something was injected; fixed by Node. */
const sentinelFuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export interface BuiltExecutable {
  readonly path: string;
  readonly sizeBytes: number;
  readonly bundleBytes: number;
}

/**
 * Makes `plimsoll-scanner` in `folder`: this Node with the bundled scanner inside, for the platform it is built on.
 * https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
 */
export async function buildScannerExecutable(folder: string): Promise<BuiltExecutable> {
  await mkdir(folder, { recursive: true });
  const bundle = join(folder, 'scanner.cjs');
  const blob = join(folder, 'scanner.blob');
  const config = join(folder, 'sea-config.json');
  const path = join(folder, 'plimsoll-scanner');
  await bundleScanner(bundle);
  const options = { main: bundle, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true };
  await writeFile(config, JSON.stringify(options));
  await run(process.execPath, ['--experimental-sea-config', config]);
  await copyFile(process.execPath, path);
  await chmod(path, 0o755);
  const isMac = process.platform === 'darwin';
  // A Mac runs nothing whose signature does not fit.
  if (isMac) await run('codesign', ['--remove-signature', path]);
  const machO = isMac ? { machoSegmentName: 'NODE_SEA' } : {};
  await inject(path, 'NODE_SEA_BLOB', await readFile(blob), { sentinelFuse, ...machO });
  if (isMac) await run('codesign', ['--sign', '-', path]);
  await Promise.all([blob, config].map(async (file) => await rm(file)));
  return { path, sizeBytes: (await stat(path)).size, bundleBytes: (await stat(bundle)).size };
}

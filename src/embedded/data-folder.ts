import { chmod, mkdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/index.ts';
import { codeOf } from '../postgres/index.ts';
import { embeddedError } from './errors.ts';

/**
 * Makes the data folder unless it is there, proves that it can be written and gives its real path. A folder that root
 * makes can be passed through by the account that Postgres runs as, but not listed.
 */
export async function prepareDataFolder(dataDir: string): Promise<string> {
  try {
    const made = await mkdir(dataDir, { recursive: true, mode: 0o700 });
    if (made !== undefined && process.getuid?.() === 0) await chmod(dataDir, 0o711);
    if (!(await stat(dataDir)).isDirectory()) throw new Error('it is not a folder');
    await proveWritable(join(dataDir, `.writable-${process.pid}`));
    return await realpath(dataDir);
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

async function proveWritable(path: string): Promise<void> {
  try {
    await writeFile(path, 'x');
  } finally {
    await rm(path, { force: true });
  }
}

function unusable(dataDir: string, error: unknown): Error {
  if (codeOf(error) === 'ENOSPC') {
    return embeddedError('embedded_disk_full', {
      message: `the disk that holds ${dataDir} is full`,
      hint: 'Free at least 200 MB there, or start with another folder: `DATA_DIR=/other/folder npm start`.',
      cause: error,
    });
  }
  return embeddedError('data_dir_unusable', {
    message: `DATA_DIR ${dataDir} cannot be written: ${messageOf(error)}`,
    hint: 'Give yourself the folder with `sudo chown -R "$(id -u)" FOLDER`, or start with one of your own: `DATA_DIR=~/plimsoll npm start`.',
    details: { dataDir },
    cause: error,
  });
}

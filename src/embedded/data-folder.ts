import { chmod, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders, messageOf, shellWord } from '../base/index.ts';
import { codeOf } from '../postgres/index.ts';
import { embeddedError } from './errors.ts';

/**
 * Makes the data folder unless it is there, proves that it can be written and gives its real path. A folder that root
 * makes can be passed through by the account that Postgres runs as, but not listed.
 */
export async function prepareDataFolder(dataDir: string): Promise<string> {
  try {
    const made = await makeFolders(dataDir, 0o700);
    if (made && process.getuid?.() === 0) await chmod(dataDir, 0o711);
    await proveWritable(join(dataDir, `.writable-${process.pid}`));
    return await realpath(dataDir);
  } catch (error) {
    throw await unusable(dataDir, error);
  }
}

const another = 'DATA_DIR=~/plimsoll npm start';

async function proveWritable(path: string): Promise<void> {
  try {
    await writeFile(path, 'x');
  } finally {
    await rm(path, { force: true });
  }
}

async function unusable(dataDir: string, error: unknown): Promise<Error> {
  if (codeOf(error) === 'ENOSPC') {
    return embeddedError('embedded_disk_full', {
      message: `the disk that holds ${dataDir} is full`,
      hint: 'Free at least 200 MB there, or start with another folder: `DATA_DIR=/other/folder npm start`.',
      cause: error,
    });
  }
  return embeddedError('data_dir_unusable', {
    message: `DATA_DIR ${dataDir} cannot be used: ${messageOf(error)}`,
    hint: (await isFolderOfAnother(dataDir))
      ? `Give yourself the folder with \`sudo chown -R "$(id -u)" ${shellWord(dataDir)}\`, or start with one of your own: \`${another}\`.`
      : `Start with a folder of your own: \`${another}\`.`,
    details: { dataDir },
    cause: error,
  });
}

/** Only then does taking it over mend anything. */
async function isFolderOfAnother(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory() && found.uid !== process.getuid?.(),
    () => false,
  );
}

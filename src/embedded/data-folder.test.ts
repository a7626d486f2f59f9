import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareDataFolder } from './data-folder.ts';

function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'plimsoll-data-'));
}

const otherFolder = 'Start with a folder of your own: `DATA_DIR=~/plimsoll npm start`.';

test('a data folder is made with those above it', async () => {
  const path = join(scratch(), 'deep/data');
  expect(await prepareDataFolder(path)).toBe(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a data folder that is a file is said to be one, and nobody is told to chown it', async () => {
  const path = join(scratch(), 'data');
  writeFileSync(path, '');
  await expect(prepareDataFolder(path)).rejects.toMatchObject({
    code: 'data_dir_unusable',
    message: `DATA_DIR ${path} cannot be used: ${path} is a file, expected a folder`,
    hint: otherFolder,
  });
});

/** Linux has it, macOS does not. */
const inProc = existsSync('/proc/self') ? ['/proc/plimsoll'] : [];

test.each(inProc)('%s as data folder is refused at once: the start does not spin', async (path) => {
  await expect(prepareDataFolder(path)).rejects.toMatchObject({
    code: 'data_dir_unusable',
    message: `DATA_DIR ${path} cannot be used: ENOENT: no such file or directory, mkdir '${path}'`,
    hint: otherFolder,
  });
});

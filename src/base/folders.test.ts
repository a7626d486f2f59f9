import { existsSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolders } from './folders.ts';

function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'plimsoll-folders-'));
}

test('a folder is made with all that are missing above it, and found the next time', async () => {
  const path = join(scratch(), 'a/b/c');
  await expect(makeFolders(path, 0o700)).resolves.toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  await expect(makeFolders(path, 0o700)).resolves.toBe(false);
});

test('two who make the same folder at once both get it', async () => {
  const path = join(scratch(), 'a/b/c');
  await Promise.all(Array.from({ length: 8 }, async () => await makeFolders(path, 0o700)));
  expect(statSync(path).isDirectory()).toBe(true);
});

test.each([
  ['itself', 'file'],
  ['above it', 'file/deeper/folder'],
])('a file in its place, %s, is named', async (_, below) => {
  const folder = scratch();
  writeFileSync(join(folder, 'file'), '');
  await expect(makeFolders(join(folder, below), 0o700)).rejects.toThrow(
    `${join(folder, 'file')} is a file, expected a folder`,
  );
});

test('a link that leads nowhere is not taken for a folder', async () => {
  const link = join(scratch(), 'link');
  symlinkSync('/nowhere/at/all', link);
  await expect(makeFolders(link, 0o700)).rejects.toThrow('EEXIST');
});

/** Linux has it, macOS does not. */
const inProc = existsSync('/proc/self') ? ['/proc/plimsoll/data'] : [];

test.each(inProc)('%s is refused at once, not tried for ever', async (path) => {
  await expect(makeFolders(path, 0o700)).rejects.toThrow("ENOENT: no such file or directory, mkdir '/proc/plimsoll'");
});

import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../test/testkit/index.ts';
import { writeDurably } from '../base/index.ts';
import { readIfThere, withFolder } from './files.ts';
import { lastLines, openLogFile } from './log-file.ts';

/** A file of root's, and a folder of the account of Postgres in which it can put links to it. */
async function setup() {
  const scratch = await scratchFolder();
  const [victim, mine] = [join(scratch.path, 'victim'), join(scratch.path, 'mine')];
  await writeFile(victim, 'precious');
  await mkdir(mine);
  return {
    victim,
    mine,
    text: async () => await readFile(victim, 'utf8'),
    [Symbol.asyncDispose]: async () => await scratch[Symbol.asyncDispose](),
  };
}

test('a link in the place of postgres.log leads nobody to write to the file behind it, or to show its lines', async () => {
  await using folders = await setup();
  const log = join(folders.mine, 'postgres.log');
  await symlink(folders.victim, log);
  await expect(openLogFile(log)).rejects.toThrow('ELOOP');
  expect(await lastLines(log)).toEqual(['']);
  expect(await folders.text()).toBe('precious');
});

test('a log that has grown big is put aside, as the link that it may be', async () => {
  await using folders = await setup();
  const log = join(folders.mine, 'postgres.log');
  await writeFile(log, Buffer.alloc(10_000_001));
  await using fresh = await openLogFile(log);
  expect((await fresh.stat()).size).toBe(0);
  expect((await stat(`${log}.1`)).size).toBe(10_000_001);
});

test('a file is replaced where a link lies', async () => {
  await using folders = await setup();
  const path = join(folders.mine, 'data-folder');
  await symlink(folders.victim, path);
  await expect(readIfThere(path)).rejects.toThrow('ELOOP');
  await writeDurably(path, 'new');
  expect(await readIfThere(path)).toBe('new');
  expect(await folders.text()).toBe('precious');
});

test('a link in the place of a folder gives nobody the folder behind it', async () => {
  await using folders = await setup();
  const link = join(folders.mine, 'run');
  const target = join(folders.mine, 'target');
  await mkdir(target);
  await chmod(target, 0o755);
  await symlink(target, link);
  await expect(withFolder(link, async (folder) => await folder.chmod(0o700))).rejects.toThrow(/ENOTDIR|ELOOP/);
  expect((await stat(target)).mode & 0o777).toBe(0o755);
});

import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../test/testkit/index.ts';
import { placeCluster } from './placement.ts';

async function movedFolder() {
  const scratch = await scratchFolder();
  const [dataDir, home] = [join(scratch.path, 'data'), join(scratch.path, 'home')];
  await mkdir(dataDir);
  await mkdir(home);
  await writeFile(join(dataDir, 'postgres-location'), `${home}\n`);
  return { scratch, dataDir, home, [Symbol.asyncDispose]: async () => await scratch[Symbol.asyncDispose]() };
}

test('a data folder that was moved takes its databases along', async () => {
  await using moved = await movedFolder();
  await writeFile(join(moved.home, 'data-folder'), '/where/it/was\n');
  expect(await placeCluster(moved.dataDir)).toBe(moved.home);
  expect(await readFile(join(moved.home, 'data-folder'), 'utf8')).toBe(`${moved.dataDir}\n`);
});

test('a link in the place of the note beside the databases leads nobody to write to the file behind it', async () => {
  await using moved = await movedFolder();
  const victim = join(moved.scratch.path, 'victim');
  await writeFile(victim, 'precious');
  await symlink(victim, join(moved.home, 'data-folder'));
  await expect(placeCluster(moved.dataDir)).rejects.toMatchObject({ code: 'embedded_home_unusable' });
  expect(await readFile(victim, 'utf8')).toBe('precious');
});

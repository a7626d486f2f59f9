import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder, startChild } from '../../../test/testkit/index.ts';
import { systemClock } from '../../base/index.ts';
import { holderOf } from './holder.ts';
import { claimBundle, useBundle } from './use.ts';

const id = '20261120T021000Z-00000001';
const holder = holderOf('a download', 'ada', systemClock);

test('a bundle that anybody uses is not claimed, and one that is claimed is used by nobody', async () => {
  await using folder = await scratchFolder();
  const uses = [await useBundle(folder.path, id, holder), await useBundle(folder.path, id, holder)];
  for (const use of uses) {
    await expect(claimBundle(folder.path, id)).rejects.toMatchObject({
      code: 'bundle_in_use',
      httpStatus: 409,
      exitCode: 3,
      message: expect.stringContaining('a download by ada since ') as string,
    });
    await use[Symbol.asyncDispose]();
  }
  const claim = await claimBundle(folder.path, id);
  await expect(useBundle(folder.path, id, holder)).rejects.toMatchObject({
    code: 'bundle_in_use',
    message: `the bundle ${id} is being deleted`,
  });
  await claim[Symbol.asyncDispose]();
  expect(await readdir(join(folder.path, 'uses'))).toEqual([]);
});

test(
  'a bundle in use by another process is not claimed before that is gone, killed or not',
  { timeout: 60_000 },
  async () => {
    await using folder = await scratchFolder();
    const program = `
    const { useBundle } = await import('./src/backups/lock/use.ts');
    const holder = { work: 'a restore', by: 'bob', host: 'there', pid: 1, since: 'now' };
    await useBundle(${JSON.stringify(folder.path)}, '${id}', holder);
    console.log('held');
    setInterval(() => undefined, 1000);`;
    await using child = startChild({ args: ['--input-type=module', '-e', program] });
    await child.line(/held/);
    await expect(claimBundle(folder.path, id)).rejects.toThrow('a restore by bob since now (process 1 on there)');
    await child.end('SIGKILL');
    await (await claimBundle(folder.path, id))[Symbol.asyncDispose]();
  },
);

test('what is no id of a bundle never becomes a path', async () => {
  await using folder = await scratchFolder();
  for (const trick of ['../../etc/passwd', '', '20261120T021000Z-00000001/..', `${id}\0`])
    await expect(useBundle(folder.path, trick, holder)).rejects.toThrow(TypeError);
  expect(await readdir(folder.path)).toEqual([]);
});

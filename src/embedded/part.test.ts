import { symlink, writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { scratchFolder, waitFor } from '../../test/testkit/index.ts';
import { spawnProgram } from './part.ts';

test('stopping a part that has died signals nobody: its process id may be somebody else’s by now', async () => {
  await using scratch = await scratchFolder();
  const command = [process.execPath, '-e', 'process.exit(7)'];
  const part = await spawnProgram({ command, environment: {}, logFile: join(scratch.path, 'part.log') });
  expect(await part.gone).toBe(7);
  using kill = vi.spyOn(process, 'kill');
  await part.stop();
  expect(kill).not.toHaveBeenCalled();
});

test('a part that is stopped may finish what it does', async () => {
  await using scratch = await scratchFolder();
  const logFile = join(scratch.path, 'part.log');
  const program = `
    process.once('SIGTERM', () => setTimeout(() => process.exit(5), 50));
    setInterval(() => undefined, 1000);
    console.log('up');`;
  const part = await spawnProgram({ command: [process.execPath, '-e', program], environment: {}, logFile });
  await waitFor(async () => (await readFile(logFile, 'utf8')) === 'up\n', { what: 'the program to listen' });
  await part.stop();
  expect(await part.gone).toBe(5);
});

test('a link in the place of a part’s log is named and not followed', async () => {
  await using scratch = await scratchFolder();
  const [logFile, victim] = [join(scratch.path, 'part.log'), join(scratch.path, 'victim')];
  await writeFile(victim, 'precious');
  await symlink(victim, logFile);
  const command = [process.execPath, '-e', 'console.log("spoilt")'];
  await expect(spawnProgram({ command, environment: {}, logFile })).rejects.toMatchObject({
    code: 'data_dir_unusable',
    message: expect.stringContaining(logFile) as string,
  });
  expect(await readFile(victim, 'utf8')).toBe('precious');
});

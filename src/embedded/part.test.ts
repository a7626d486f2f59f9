import { symlink, writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { scratchFolder } from '../../test/testkit/index.ts';
import { spawnProgram } from './part.ts';
import { isRunning } from './processes.ts';

test('stopping a part that has died signals nobody: its process id may be somebody else’s by now', async () => {
  await using scratch = await scratchFolder();
  const command = [process.execPath, '-e', 'process.exit(7)'];
  const part = await spawnProgram({ command, environment: {}, logFile: join(scratch.path, 'part.log') });
  expect(await part.gone).toBe(7);
  using kill = vi.spyOn(process, 'kill');
  await part.stop();
  expect(kill).not.toHaveBeenCalled();
});

test('a part is stopped with SIGTERM and waited for', async () => {
  await using scratch = await scratchFolder();
  const program = `process.on('SIGTERM', () => setTimeout(() => process.exit(5), 50)); setInterval(() => {}, 1000); process.send('up')`;
  const part = await spawnProgram({
    command: [process.execPath, '-e', program],
    environment: {},
    logFile: join(scratch.path, 'part.log'),
  });
  await part.stop();
  expect(isRunning(part.pid)).toBe(false);
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

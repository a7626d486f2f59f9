import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDataFolder } from './lock.ts';

const beyondAnyPid = 4_194_305;

function folder(lock?: string): string {
  const path = mkdtempSync(join(tmpdir(), 'plimsoll-lock-'));
  if (lock !== undefined) writeFileSync(join(path, 'lock'), lock);
  return path;
}

test('a folder is held by one, whose process id is named to the other', async () => {
  const path = folder();
  const lock = await lockDataFolder(path);
  expect(lock.takenOver).toBe(false);
  await expect(lockDataFolder(path)).rejects.toMatchObject({
    code: 'data_dir_in_use',
    message: `a stack is running on ${path} already (process ${process.pid})`,
    hint: expect.stringContaining(`kill ${process.pid}`) as string,
  });
  lock.release();
  (await lockDataFolder(path)).release();
  expect(existsSync(join(path, 'lock'))).toBe(false);
});

test.each([
  ['a dead process', JSON.stringify({ pid: beyondAnyPid, startedAt: '1' })],
  ['a process whose id now belongs to another one', JSON.stringify({ pid: process.pid, startedAt: '1' })],
  ['a process that died while writing it', ''],
  ['nobody one could name', 'not a lock'],
])('the lock of %s is taken over', async (_, text) => {
  const path = folder(text);
  const lock = await lockDataFolder(path);
  expect(lock.takenOver).toBe(true);
  expect(JSON.parse(readFileSync(join(path, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  lock.release();
  expect(readdirSync(path)).toEqual([]);
});

test('of many that race for a stale lock exactly one gets it', async () => {
  const path = folder(JSON.stringify({ pid: beyondAnyPid, startedAt: '1' }));
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, async () => await lockDataFolder(path)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a lock that somebody else has taken meanwhile is not released', async () => {
  const path = folder();
  const lock = await lockDataFolder(path);
  const other = JSON.stringify({ pid: 1, startedAt: 'x' });
  writeFileSync(join(path, 'lock'), other);
  lock.release();
  expect(readFileSync(join(path, 'lock'), 'utf8')).toBe(other);
});

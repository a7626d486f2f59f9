import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StackFile } from '../src/contract/index.ts';

/** The whole product as it ships, in a folder of its own. */
export async function startStack(): Promise<{ url: string; username: string; password: string } & AsyncDisposable> {
  const dataDir = await mkdtemp(join(tmpdir(), 'plimsoll-bench-stack-'));
  const password = 'bench-password-of-length';
  const child = spawn(process.execPath, ['dist/program/plimsoll.js', 'up'], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0', ADMIN_PASSWORD: password, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stack = await readStackFile(join(dataDir, 'stack.json'), 60_000);
  return {
    url: stack.url,
    username: stack.adminUser,
    password,
    [Symbol.asyncDispose]: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      child.once('close', () => resolve());
      child.kill('SIGINT');
      await promise;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function readStackFile(path: string, timeoutMs: number): Promise<StackFile> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(100)) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text !== '') return JSON.parse(text) as StackFile;
  }
  throw new Error(`the stack wrote no ${path} within ${timeoutMs} ms`);
}

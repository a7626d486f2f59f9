import { spawn, type SpawnOptions } from 'node:child_process';
import { messageOf } from '../../base/index.ts';
import type { Account } from './account.ts';

/** How a program ended; `code` is null when it could not be started or died of a signal. */
export interface ProgramEnd {
  readonly code: number | null;
  /** stdout and stderr, as they came. */
  readonly output: string;
}

/**
 * Spawn options for a program of Postgres: as the account, from a folder every account can enter, and with an
 * environment of its own, so that no PG* or locale variable of the caller changes what it does.
 */
export function asAccount(account: Account | undefined): SpawnOptions {
  return { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }, ...account };
}

/** Runs a program to its end; a program that cannot be started is an outcome, not an exception. */
export async function runAs(
  account: Account | undefined,
  command: readonly [file: string, ...args: string[]],
  input = '',
): Promise<ProgramEnd> {
  const [file, ...args] = command;
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  const child = spawn(file, args, { ...asAccount(account), stdio: ['pipe', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  }
  child.once('error', (error) => resolve({ code: null, output: messageOf(error) }));
  child.once('close', (code) => resolve({ code, output: chunks.join('').trim() }));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return await promise;
}

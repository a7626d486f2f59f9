import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Account } from './account.ts';
import { asAccount } from './run-as.ts';

/**
 * The shell between us and Postgres. We hold the other end of its stdin; when we are gone, however hard, the read
 * ends and the server gets SIGINT, its fast and clean shutdown. The watch is a process of its own, so it outlives a
 * kill of the shell, and it is there before the first write to us, which may already be dead.
 */
const script = `
exec 3<&0 </dev/null
"$@" 3<&- >&2 &
server=$!
( while read -r _; do :; done <&3; kill -INT "$server" ) >/dev/null 2>&1 &
watch=$!
exec 3<&-
echo "$server"
wait "$server"
status=$?
kill "$watch" 2>/dev/null
exit "$status"
`;

/** A server process that ends when this process does. */
export interface LifelinedServer {
  /** The shell that waits for the server; its exit tells that the server (or the shell) is gone. */
  readonly shell: ChildProcess;
  /** The server's own process id; rejects if it could not be started. */
  readonly pid: Promise<number>;
  /** Lets go: the server shuts down. */
  release(): void;
}

/** Starts a server in a session of its own, out of reach of the terminal's Ctrl-C, with its output in `logFd`. */
export function spawnWithLifeline(
  command: readonly string[],
  account: Account | undefined,
  logFd: number,
): LifelinedServer {
  const shell = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    ...asAccount(account),
    detached: true,
    stdio: ['pipe', 'pipe', logFd],
  });
  shell.stdin?.on('error', () => undefined);
  return { shell, pid: firstNumber(shell), release: () => void shell.stdin?.end() };
}

async function firstNumber(shell: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  shell.once('error', reject);
  shell.once('close', () => reject(new Error('the shell that starts it ended at once')));
  if (shell.stdout !== null) createInterface({ input: shell.stdout }).once('line', (line) => resolve(Number(line)));
  return await promise;
}

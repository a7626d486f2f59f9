import { spawn } from 'node:child_process';

/**
 * A shell that reads which process it watches, and then until we are gone, however hard. A pg_dump that waits for a lock
 * writes nothing and so would not notice; told to end, it takes its statement back on the server as well.
 */
const script = `
read -r program || exit 0
while read -r _; do :; done
kill -TERM "$program"
for _ in 1 2 3 4 5; do
  kill -0 "$program" || exit 0
  sleep 1
done
kill -KILL "$program"
`;

/** Ends a program when this process ends before it. */
export interface Lifeline {
  /** Names the program; to be called in the same turn in which it was started. */
  guard(pid: number): void;
  /** The program has ended by itself. */
  release(): void;
}

/** Starts the watch, before the program: a kill between the two leaves nothing behind. */
export function openLifeline(): Lifeline {
  const shell = spawn('/bin/sh', ['-c', script], { cwd: '/', env: {}, stdio: ['pipe', 'ignore', 'ignore'] });
  // Without a shell the program is watched by nobody, and still ends at its next write.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  return {
    guard: (pid) => void shell.stdin.write(`${pid}\n`),
    release: () => void shell.kill('SIGKILL'),
  };
}

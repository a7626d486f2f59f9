import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { signal, waitUntilGone } from './processes.ts';
import { openLogFile } from './log-file.ts';

/** One running process of the stack. */
export interface Part {
  readonly pid: number;
  /** Settles when the process is gone, whoever ended it. */
  readonly gone: Promise<void>;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  /** The words of the command line. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
}

/** How long a part may drain before it is killed. */
const drainMs = 15_000;

/**
 * Starts a program of the product as a part of the stack: out of reach of the terminal's Ctrl-C, because the supervisor
 * decides the order of the end; and on an IPC channel, whose closing tells it that the supervisor is gone.
 */
export async function spawnProgram({ command, environment, logFile }: ProgramOptions): Promise<Part> {
  const [file = '', ...args] = command;
  const log = await openLogFile(logFile);
  const child = spawn(file, args, {
    detached: true,
    env: { ...environment },
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  try {
    // Listening before the first await; 'spawn' or 'error' comes first, 'exit' later.
    const gone = once(child, 'exit').then(() => undefined);
    gone.catch(() => undefined);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    return { pid, gone, stop: async () => await stopProgram(pid) };
  } finally {
    await log.close();
  }
}

async function stopProgram(pid: number): Promise<void> {
  signal(pid, 'SIGTERM');
  if (await waitUntilGone(pid, drainMs)) return;
  signal(pid, 'SIGKILL');
  await waitUntilGone(pid, 5000);
}

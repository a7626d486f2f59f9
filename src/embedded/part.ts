import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, shellWord } from '../base/index.ts';
import { embeddedError } from './errors.ts';
import { exitOf } from './processes.ts';
import { openLogFile } from './log-file.ts';

/** One running process of the stack. */
export interface Part {
  readonly pid: number;
  /** Settles when the process is gone, whoever ended it; with its exit code, null if it died of a signal. */
  readonly gone: Promise<number | null>;
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
const killMs = 5000;

/**
 * Starts a program of the product as a part of the stack: out of reach of the terminal's Ctrl-C, because the supervisor
 * decides the order of the end; and on an IPC channel, whose closing tells it that the supervisor is gone.
 */
export async function spawnProgram({ command, environment, logFile }: ProgramOptions): Promise<Part> {
  const [file = '', ...args] = command;
  const log = await openLogFile(logFile).catch((error: unknown) => {
    throw logUnusable(logFile, error);
  });
  const child = spawn(file, args, {
    detached: true,
    env: { ...environment },
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  try {
    // Listening before the first await; 'spawn' or 'error' comes first, 'exit' later.
    const gone = exitOf(child);
    await once(child, 'spawn');
    return { pid: child.pid ?? 0, gone, stop: async () => await stopProgram(child, gone) };
  } finally {
    await log.close();
  }
}

/** By the handle and never by the id, which may be somebody else's once the child is gone. */
async function stopProgram(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  if (await settlesWithin(drainMs, gone)) return;
  child.kill('SIGKILL');
  await settlesWithin(killMs, gone);
}

async function settlesWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const settled = promise.then(() => true);
  const late = delay(ms, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([settled, late]);
  } finally {
    over.abort();
  }
}

function logUnusable(logFile: string, error: unknown): Error {
  return embeddedError('data_dir_unusable', {
    message: `the log ${logFile} cannot be written: ${messageOf(error)}`,
    hint: `Move it away with \`mv ${shellWord(logFile)} ${shellWord(`${logFile}.old`)}\` (a link is not followed), and start again.`,
    details: { logFile },
    cause: error,
  });
}

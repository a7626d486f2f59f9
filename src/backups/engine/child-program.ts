import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { openLifeline } from './lifeline.ts';

export interface ChildProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when the program is gone and has closed its streams; never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Asks it to end, then insists; resolves when it is gone. Only this one process is ever signalled. */
  stop(): Promise<void>;
}

export interface ChildEnd {
  /** Null when it died of a signal or could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it said on stderr; client programs of PostgreSQL never print a password. */
  readonly complaint: string;
}

const insistAfterMs = 5000;
const complaintLimit = 8000;

export interface ProgramStart {
  readonly path: string;
  readonly words: readonly string[];
  /** The whole of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops it, whatever it waits for. */
  readonly signal: AbortSignal;
}

/** Starts a program, its three streams in our hands. It does not outlive this process. */
export function startProgram({ path, words, env, signal }: ProgramStart): ChildProgram {
  const lifeline = openLifeline();
  const child = spawn(path, words, { cwd: '/', env, stdio: ['pipe', 'pipe', 'pipe'] });
  if (child.pid !== undefined) lifeline.guard(child.pid);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-complaintLimit);
  });
  const { promise: ended, resolve } = Promise.withResolvers<ChildEnd>();
  child.once('error', (error) => {
    lifeline.release();
    resolve({ code: null, signal: null, complaint: error.message });
  });
  child.once('exit', () => lifeline.release());
  child.once('close', (code, signal) => resolve({ code, signal, complaint: complaint.trim() }));
  // A program that ends early breaks the pipe into it; its exit code and its complaint tell why.
  child.stdin.on('error', () => undefined);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), insistAfterMs);
    // Output nobody reads any more would keep its streams open.
    child.stdout.destroy();
    await ended;
    clearTimeout(insist);
    signal.removeEventListener('abort', onAbort);
  };
  const onAbort = (): void => void stop();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return { stdin: child.stdin, stdout: child.stdout, ended, stop };
}

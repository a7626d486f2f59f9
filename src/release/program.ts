import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../base/index.ts';

/** How a program that was run has ended. */
export interface ProgramEnd {
  /** Null when it died of a signal or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramTerms {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Gets what the program says of its progress, as it comes. */
  readonly onProgress?: ((text: string) => void) | undefined;
  /** Ends the program, with SIGTERM. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end; that it cannot be started is an end like any other, told in `stderr`. */
export async function runProgram(words: readonly string[], terms: ProgramTerms): Promise<ProgramEnd> {
  const [program = '', ...args] = words;
  const child = spawn(program, args, {
    cwd: terms.cwd,
    env: terms.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: terms.signal,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
    terms.onProgress?.(text);
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('error', (error) => {
    said.stderr += `${program}: ${messageOf(error)}`;
    resolve(null);
  });
  child.once('close', resolve);
  const code = await promise;
  return { code, ...said };
}

/** Gives the output of the first program to the second one, as a shell's pipe does; both have to succeed. */
export async function pipePrograms(
  source: readonly string[],
  target: readonly string[],
  terms: ProgramTerms,
): Promise<ProgramEnd> {
  const [[from = '', ...fromArgs], [to = '', ...toArgs]] = [source, target];
  const options = { cwd: terms.cwd, env: terms.environment };
  const reader = spawn(to, toArgs, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const writer = spawn(from, fromArgs, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const note = (text: string): void => {
    stderr += text;
    terms.onProgress?.(text);
  };
  reader.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  for (const stream of [reader.stderr, writer.stderr]) stream.setEncoding('utf8').on('data', note);
  const ended = Promise.all([reader, writer].map(async (child) => await endOf(child, note)));
  // A reader that ends early says why by itself.
  await pipeline(writer.stdout, reader.stdin).catch(() => undefined);
  const codes = await ended;
  return { code: codes.find((code) => code !== 0) ?? codes[0] ?? null, stdout, stderr };
}

async function endOf(child: ReturnType<typeof spawn>, note: (text: string) => void): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('error', (error) => {
    note(messageOf(error));
    resolve(null);
  });
  child.once('close', resolve);
  return await promise;
}

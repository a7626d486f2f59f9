import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { waitFor } from './wait-for.ts';

/** Somebody a program can be run as. */
export interface TestUser {
  readonly label: string;
  /** Undefined: whoever runs the tests. */
  readonly account: { readonly uid: number; readonly gid: number } | undefined;
}

const nobody = { uid: 65_534, gid: 65_534 };

/**
 * The users that a journey is made with: whoever runs the tests and, when that is root, an ordinary user as well,
 * provided that the checkout is one that another user can read at all.
 */
export function testUsers(): readonly TestUser[] {
  if (process.getuid?.() !== 0) return [{ label: 'an ordinary user', account: undefined }];
  const root = { label: 'root', account: undefined };
  const probe = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', 'await import("./src/base/index.ts")'],
    nobody,
  );
  return probe.status === 0 ? [root, { label: 'an ordinary user', account: nobody }] : [root];
}

export interface ChildOptions {
  /** Words after `node`. */
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly account?: TestUser['account'];
}

/** A Node program that a test started; killed when disposed. */
export interface TestChild extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly pid: number;
  /** The exit code; null if it died of a signal. */
  readonly exited: Promise<number | null>;
  stdout(): string;
  stderr(): string;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Waits for its first line of standard output that `pattern` matches. */
  line(pattern: RegExp): Promise<string>;
}

/** Starts `node …args` in the checkout, in a process group of its own. */
export function startChild({ args, environment = {}, account }: ChildOptions): TestChild {
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    ...account,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk;
    });
  }
  const { promise: exited, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', (code) => resolve(code));
  exited.catch(() => undefined);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return await exited;
  };
  return {
    process: child,
    pid: child.pid ?? 0,
    exited,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    end,
    line: async (pattern) => await firstLine(child, () => said, pattern),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL').catch(() => undefined)),
  };
}

async function firstLine(
  child: ChildProcess,
  said: () => { stdout: string; stderr: string },
  pattern: RegExp,
): Promise<string> {
  const find = (): string | undefined =>
    said()
      .stdout.split('\n')
      .find((line) => pattern.test(line));
  const found = await waitFor(
    () => find() ?? (child.exitCode === null && child.signalCode === null ? false : 'ended'),
    {
      what: `a line like ${pattern} of process ${child.pid}; it said: ${said().stderr}`,
      timeoutMs: 60_000,
    },
  );
  if (found === 'ended') throw new Error(`process ${child.pid} ended without a line like ${pattern}: ${said().stderr}`);
  return found;
}

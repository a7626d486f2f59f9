import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../src/base/index.ts';
import type { DatabaseName, StackFile } from '../../src/contract/index.ts';
import { isRunning } from '../../src/embedded/processes.ts';
import { connect } from '../../src/postgres/index.ts';
import { startChild, waitFor, type TestChild, type TestUser } from '../testkit/index.ts';

export interface UpOptions {
  readonly dataDir: string;
  readonly account?: TestUser['account'];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `plimsoll up` on any free port, and does not wait for anything. */
export function startUp({ dataDir, account, environment = {} }: UpOptions): TestChild {
  return startChild({
    args: ['src/main.ts', 'up'],
    account,
    environment: { PORT: '0', LOG_LEVEL: 'warn', ADMIN_PASSWORD: undefined, ...environment, DATA_DIR: dataDir },
  });
}

/** A stack that said that it is ready. */
export interface UpStack extends AsyncDisposable {
  readonly child: TestChild;
  readonly dataDir: string;
  /** `stack.json` as it is now. */
  file(): StackFile;
}

/** Starts `plimsoll up` and waits until it is ready. */
export async function up(options: UpOptions): Promise<UpStack> {
  const child = startUp(options);
  await child.line(/Stop +Ctrl-C/);
  const { dataDir } = options;
  const file = (): StackFile => JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8')) as StackFile;
  const pids = (): number[] => (readable(file)?.pids === undefined ? [] : pidsOf(file()));
  return {
    child,
    dataDir,
    file,
    [Symbol.asyncDispose]: async () => {
      const left = pids();
      await child[Symbol.asyncDispose]();
      await allGone(left);
    },
  };
}

/** The process ids that a stack file names. */
export function pidsOf({ pids }: StackFile): number[] {
  return Object.values(pids).filter((pid) => pid !== null);
}

/** Waits until none of the processes is left. */
export async function allGone(pids: readonly number[]): Promise<void> {
  // A manager may take ten seconds to finish what it is at.
  await waitFor(() => !pids.some(isRunning), {
    what: `processes ${pids.join(', ')} to be gone`,
    timeoutMs: 30_000,
  });
}

/** Waits until the stack's manager answers `/readyz` with 200. */
export async function ready(stack: UpStack): Promise<void> {
  await waitFor(async () => (await fetch(`${stack.file().url}/readyz`)).status === 200, {
    what: '/readyz to answer 200',
    timeoutMs: 30_000,
  });
}

/** Runs SQL in one of the stack's databases and gives its rows. */
export async function query(
  stack: UpStack,
  where: { readonly role: 'owner' | 'app' | 'readonly'; readonly database?: DatabaseName },
  text: string,
): Promise<unknown[]> {
  const { role, database: name = 'config' } = where;
  const url = new Secret(stack.file().databases[name][role]);
  const client = await connect({ name, url, applicationName: 'journey', connectTimeoutMs: 5000 });
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The password that the stack printed; undefined if it printed none. */
export function passwordIn(output: string): string | undefined {
  return /Password +(\S+)/.exec(output)?.[1];
}

/** Asks the stack's manager to sign its first user in. */
export async function signIn(stack: UpStack, password: string): Promise<Response> {
  const { url, adminUser } = stack.file();
  return await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username: adminUser, password }),
  });
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

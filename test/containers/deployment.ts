import { execFile, type ExecFileException } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { scratchFolder, type ScratchFolder } from '../testkit/scratch-folder.ts';
import { waitFor } from '../testkit/wait-for.ts';

const run = promisify(execFile);

/** Runs `docker …`, which must end well; gives what it says. */
export async function docker(...words: readonly string[]): Promise<string> {
  return (await run('docker', words, { maxBuffer: 1 << 26 })).stdout;
}

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Debian's own PostgreSQL client unless told otherwise: the tests need nothing but a mirror of Debian. */
const clientSource = process.env['PG_CLIENT_SOURCE'] ?? 'debian';

/** Builds the product's image and that of its proxy as they are in this checkout; gives their names and the commit. */
export async function buildImages(): Promise<{
  readonly image: string;
  readonly proxy: string;
  readonly commit: string;
}> {
  const commit = (await run('git', ['rev-parse', 'HEAD'])).stdout.trim();
  const [image, proxy] = ['plimsoll:container-test', 'plimsoll-proxy:container-test'];
  const words = ['--build-arg', `IMAGE_SHA=${commit}`, '--build-arg', `PG_CLIENT_SOURCE=${clientSource}`];
  await run('docker', ['build', '--quiet', '--tag', image, ...words, '.'], { maxBuffer: 1 << 26 });
  await run('docker', ['build', '--quiet', '--tag', proxy, 'deploy/proxy']);
  return { image, proxy, commit };
}

export interface DeploymentOptions {
  readonly image: string;
  readonly proxy: string;
  /** Where the databases are, if not on the one server of the compose file. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Further lines of .env. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The compose files in a folder of their own, as an operator has them; everything of it goes when disposed. */
export interface Deployment extends AsyncDisposable {
  readonly folder: string;
  /** `docker compose …`, typed in the folder. */
  compose(...words: string[]): Promise<Ended>;
  /** The same, which must end well. */
  must(...words: string[]): Promise<string>;
  secret(name: string): Promise<string>;
  /** Where the proxy listens; it has to run. */
  url(): Promise<string>;
}

/** Lays out a deployment of this checkout with its secrets made; nothing of it runs yet. */
export async function createDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { image, proxy, hosts = {}, environment } = options;
  const scratch = await scratchFolder({ executable: true });
  for (const path of ['deploy', 'compose.yaml', 'compose.three-servers.yaml', 'compose.external.yaml'])
    await cp(path, join(scratch.path, path), { recursive: true });
  await writeEnvironment(scratch.path, { PLIMSOLL_IMAGE: image, PLIMSOLL_PROXY_IMAGE: proxy, ...environment });
  const where = Object.entries(hosts).flatMap(([name, host]) => ['--host', `${name}=${host}`]);
  await run('deploy/make-secrets', where, { cwd: scratch.path });
  return deploymentIn(scratch);
}

/** A clean clone of what is committed, with its secrets made; no image is built and nothing of it runs yet. */
export async function cloneDeployment(): Promise<Deployment & { readonly commit: string }> {
  const scratch = await scratchFolder({ executable: true });
  const from = pathToFileURL(process.cwd()).href;
  await run('git', ['clone', '--quiet', '--depth', '1', from, '.'], { cwd: scratch.path });
  const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: scratch.path });
  const names = { PLIMSOLL_IMAGE: 'plimsoll:container-clone', PLIMSOLL_PROXY_IMAGE: 'plimsoll-proxy:container-clone' };
  await writeEnvironment(scratch.path, { ...names, PG_CLIENT_SOURCE: clientSource });
  await run('deploy/make-secrets', { cwd: scratch.path });
  return { ...deploymentIn(scratch), commit: stdout.trim() };
}

async function writeEnvironment(folder: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const settings = {
    COMPOSE_PROJECT_NAME: `plimsoll-test-${process.pid}-${Date.now()}`,
    // Any free port: tests run side by side.
    PLIMSOLL_PUBLISH: '127.0.0.1:0',
    ...environment,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, '.env'), lines.join(''));
}

function deploymentIn(scratch: ScratchFolder): Deployment {
  const folder = scratch.path;
  const compose = async (...words: string[]): Promise<Ended> => await end('docker', ['compose', ...words], folder);
  const must = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await compose(...words);
    if (code === 0) return stdout;
    throw new Error(`docker compose ${words.join(' ')} ended with ${code}:\n${stderr.slice(-2000)}`);
  };
  return {
    folder,
    compose,
    must,
    secret: async (name) => await readFile(join(folder, 'secrets', name), 'utf8'),
    url: async () => `http://${(await must('port', 'proxy', '8080')).trim()}`,
    [Symbol.asyncDispose]: async () => {
      await compose('--profile', '*', 'down', '--volumes', '--timeout', '5');
      await scratch[Symbol.asyncDispose]();
    },
  };
}

async function end(program: string, words: readonly string[], cwd: string): Promise<Ended> {
  try {
    const { stdout, stderr } = await run(program, words, { cwd, maxBuffer: 1 << 26 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as ExecFileException;
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}

/** Somebody who is signed in to a deployment. */
export interface Caller {
  /** The JSON of a good answer; throws at any other. */
  get<T>(path: string): Promise<T>;
}

/** Signs in, with a password or the recovery token, once the deployment answers. */
export async function signIn(url: string, credentials: Readonly<Record<string, string>>): Promise<Caller> {
  const answer = await waitFor(
    async () => {
      const response = await fetch(`${url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify(credentials),
        signal: AbortSignal.timeout(10_000),
      });
      if (response.ok) return response;
      throw new Error(`${response.status} ${await response.text()}`);
    },
    { what: 'signing in', timeoutMs: 60_000, everyMs: 500 },
  );
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return {
    get: async <T>(path: string) => {
      const response = await fetch(`${url}${path}`, { headers: { cookie }, signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as T;
    },
  };
}

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Secret } from '../../src/base/index.ts';
import type { DatabaseName } from '../../src/contract/index.ts';
import { startChild, type TestChild } from './child.ts';
import { waitFor } from './wait-for.ts';

export interface SiteOptions {
  /** Of the role that a manager connects with. */
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  /** Where the manager and each scanner keep their files. */
  readonly folder: string;
}

export interface ScannerFacts {
  readonly name: string;
  readonly protocolVersion?: number;
  readonly concurrency?: number;
  readonly enrolmentToken: string;
}

/** A manager at one address for as long as the site stands, and scanners, each as a process of its own. */
export interface Site extends AsyncDisposable {
  readonly url: string;
  /** Starts `plimsoll manager` and waits until it listens; `manifest` is the path of another than its own. */
  startManager(options?: { readonly manifest?: string }): Promise<TestChild>;
  /** Starts `plimsoll scanner`; the same name again finds the files of the one before. */
  startScanner(facts: ScannerFacts): TestChild;
  /** Calls the API as the first admin; gives the JSON of a good answer and throws at any other. */
  call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>;
  enrolmentToken(maxUses: number): Promise<string>;
}

const password = 'a password for this site';

/** Opens a site; whatever it started is killed when it is disposed. */
export async function openSite({ urls, folder }: SiteOptions): Promise<Site> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const things = new AsyncDisposableStack();
  let cookie: string | undefined;

  async function send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { origin: url, ...(cookie === undefined ? {} : { cookie }) };
    const init = { method, headers, signal: AbortSignal.timeout(10_000) };
    if (body === undefined) return await fetch(`${url}${path}`, init);
    const json = { ...headers, 'content-type': 'application/json' };
    return await fetch(`${url}${path}`, { ...init, headers: json, body: JSON.stringify(body) });
  }

  async function expectGood(response: Response, what: string): Promise<Response> {
    if (response.ok) return response;
    throw new Error(`${what} answered ${response.status}: ${await response.text()}`);
  }

  async function signIn(): Promise<string> {
    const response = await send('POST', '/api/session', { username: 'admin', password });
    await expectGood(response, 'signing in');
    return response.headers.getSetCookie().map(nameAndValue).join('; ');
  }

  async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    cookie ??= await signIn();
    const response = await expectGood(await send(method, path, body), `${method} ${path}`);
    return (await response.json()) as T;
  }

  return {
    url,
    call,
    startManager: async ({ manifest } = {}) => {
      const environment = {
        CONFIG_DATABASE_URL: urls.config.reveal(),
        RESULTS_DATABASE_URL: urls.results.reveal(),
        JOBS_DATABASE_URL: urls.jobs.reveal(),
        DATA_DIR: join(folder, 'manager'),
        PORT: String(port),
        ADMIN_PASSWORD: password,
        // One for all managers of the site, so that a session outlives each of them.
        SESSION_SECRET: 'a session secret of the site that is long enough',
        RELEASE_MANIFEST: manifest,
        LOG_LEVEL: 'warn',
      };
      const manager = things.use(startChild({ args: ['src/main.ts', 'manager'], environment }));
      await manager.line(/^Listening on /);
      return manager;
    },
    startScanner: ({ name, protocolVersion = 2, concurrency = 10, enrolmentToken }) => {
      const environment = {
        SCANNER_MANAGER_URL: url,
        SCANNER_NAME: name,
        SCANNER_ENROLMENT_TOKEN: enrolmentToken,
        SCANNER_STATE_DIR: join(folder, name),
        SCANNER_PROTOCOL: String(protocolVersion),
        SCANNER_CONCURRENCY: String(concurrency),
      };
      return things.use(startChild({ args: ['src/main.ts', 'scanner'], environment }));
    },
    enrolmentToken: async (maxUses) => {
      const made = await waitFor(
        async () => await call<{ token: string }>('POST', '/api/admin/enrolment-tokens', { maxUses }),
        { what: 'an enrolment token', timeoutMs: 30_000 },
      );
      return made.token;
    },
    [Symbol.asyncDispose]: async () => await things.disposeAsync(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function nameAndValue(setCookie: string): string {
  return setCookie.split(';')[0] ?? '';
}

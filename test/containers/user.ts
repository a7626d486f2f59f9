import { setTimeout as delay } from 'node:timers/promises';
import type { Scan } from '../../src/contract/index.ts';
import { waitFor } from '../testkit/wait-for.ts';

/** Somebody who is signed in. */
export interface SignedIn {
  /** The JSON of a good answer; throws at any other. */
  call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>;
}

/** Signs in with a password once the deployment answers. */
export async function signInAt(url: string, username: string, password: string): Promise<SignedIn> {
  const send = async (method: string, path: string, cookie: string, body?: unknown): Promise<Response> =>
    await fetch(`${url}${path}`, {
      method,
      headers: { origin: url, cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const answer = await waitFor(
    async () => {
      const response = await send('POST', '/api/session', '', { username, password });
      return response.ok ? response : undefined;
    },
    { what: 'signing in', timeoutMs: 120_000, everyMs: 500 },
  );
  const cookies = answer.headers.getSetCookie().map((each) => each.split(';')[0]);
  return {
    call: async <T>(method: 'GET' | 'POST', path: string, body?: unknown) => {
      const response = await send(method, path, cookies.join('; '), body);
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as T;
    },
  };
}

/** Somebody who works all the time: reads pages, and asks for scans; stops when disposed. */
export interface BusyUser extends AsyncDisposable {
  /** Every request that was not answered well, with when. */
  readonly failures: readonly string[];
  requests(): number;
  /** Scans that were acknowledged, with the number of their jobs. */
  readonly acknowledged: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Two at a time: one reads, one asks for a scan a second. */
export function keepBusy(user: SignedIn): BusyUser {
  const failures: string[] = [];
  const acknowledged = new Map<string, number>();
  const end = new AbortController();
  let requests = 0;
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    requests += 1;
    await work().catch((error: unknown) => {
      const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
      failures.push(`${new Date().toISOString()} ${what}: ${String(error)}${cause}`);
    });
  };
  const again = async (pauseMs: number, work: () => Promise<void>): Promise<void> => {
    while (!end.signal.aborted) {
      await work();
      await delay(pauseMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  };
  const read = async (): Promise<void> => {
    for (const path of ['/api/scans', '/api/session', '/api/admin/release'])
      await attempt(`GET ${path}`, async () => void (await user.call('GET', path)));
  };
  const scan = async (): Promise<void> => {
    const targets = [1, 2, 3].map((n) => ({ host: `127.0.0.${n}`, port: 9 }));
    await attempt('POST /api/scans', async () => {
      const body = { name: `scan ${acknowledged.size}`, targets, kinds: ['tcp'], timeoutMs: 2000 };
      const { id, counts } = await user.call<Scan>('POST', '/api/scans', body);
      acknowledged.set(id, counts.total);
    });
  };
  const running = Promise.all([again(100, read), again(1000, scan)]);
  const stop = async (): Promise<void> => {
    end.abort();
    await running;
  };
  return {
    failures,
    acknowledged,
    requests: () => requests,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

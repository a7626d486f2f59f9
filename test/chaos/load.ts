import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scan } from '../../src/contract/index.ts';
import type { Site } from '../testkit/site.ts';

/** Something to probe: takes any connection to any address of 127.0.0.0/8 and drops it after a while. */
export async function startTarget(random: () => number): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer((socket) => {
    const timer = setTimeout(() => socket.destroy(), random() * 2000);
    socket
      .on('error', () => undefined)
      .on('close', () => clearTimeout(timer))
      .resume();
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** What was asked for. */
export interface Load {
  /** Scans that the manager acknowledged, with the number of their jobs. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Requests that were not: their scans may exist or not. */
  readonly unanswered: () => number;
  /** Ends it; resolves when the last request is answered. */
  stop(): Promise<void>;
}

const hostsAScan = 15;
const kinds = ['tcp', 'tls'];
const pauseMs = 400;
/** Each so many scans one names a host that no scanner may probe: its jobs end as dead letters. */
const refusedEvery = 8;

/** Asks for one scan after another, whether or not they can be taken. */
export function startLoad(site: Site, port: number): Load {
  const acknowledged = new Map<string, number>();
  const end = new AbortController();
  let unanswered = 0;
  let asked = 0;

  async function ask(): Promise<void> {
    asked += 1;
    const hosts = Array.from({ length: hostsAScan }, (_, n) => `127.${(asked >> 8) + 1}.${asked & 255}.${n + 1}`);
    if (asked % refusedEvery === 0) hosts.push('192.0.2.1');
    const body = { name: `scan ${asked}`, targets: hosts.map((host) => ({ host, port })), kinds, timeoutMs: 5000 };
    try {
      const { id, counts } = await site.call<Scan>('POST', '/api/scans', body);
      acknowledged.set(id, counts.total);
    } catch {
      unanswered += 1;
    }
  }

  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      await ask();
      await delay(pauseMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    acknowledged,
    unanswered: () => unanswered,
    stop: async () => {
      end.abort();
      await running;
    },
  };
}

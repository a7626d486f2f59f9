import { setTimeout as delay } from 'node:timers/promises';
import type { Secret } from '../../base/index.ts';
import { codeOf, connect, disconnect, sqlState, type PostgresClient } from '../../postgres/index.ts';
import { engineError } from './errors.ts';

export interface LeaseWatchOptions {
  /** Of the jobs database; a role that may only read it will do. */
  readonly url: Secret;
  /** The setting `BACKUP_LEASE_LATENCY_LIMIT_MS`; 0 watches nothing. */
  readonly limitMs: number;
  readonly pauseMs?: number;
}

/** A watch over what leasing costs while a dump of the jobs runs. */
export interface LeaseWatch extends AsyncDisposable {
  /** Aborted with `backup_leasing_slow` when the dump is to be given up. */
  readonly slow: AbortSignal;
}

/**
 * Looking for the next job, as the queue does it, less taking it: the part of a lease that a long snapshot makes dearer, for it
 * has to pass every dead row that vacuum may not remove. It waits for locks as a lease would, and a reader may run it.
 */
const probeSql = `select id from pgboss.job_common
  where name = 'scan-jobs' and state < 'active' and not blocked and start_after <= pg_catalog.now()
  order by priority desc, created_on, id limit 1`;

/** One slow look is chance; so many in a row are not. */
const inARow = 3;

/** Begins to look, once it is known what a look takes now: to be called before the snapshots are taken. Throws a `database_*` AppError when the jobs database cannot be reached. */
export async function watchLeasing(options: LeaseWatchOptions): Promise<LeaseWatch> {
  const giveUp = new AbortController();
  const ended = new AbortController();
  const watch = options.limitMs === 0 ? undefined : await prepare(options);
  const watching = watch?.(giveUp, ended.signal);
  return {
    slow: giveUp.signal,
    [Symbol.asyncDispose]: async () => {
      ended.abort();
      await watching;
    },
  };
}

/** Gives what watches, which is not to be waited for. */
async function prepare(options: LeaseWatchOptions) {
  const client = await open(options);
  const before = await measureFirst(client);
  return async (giveUp: AbortController, ended: AbortSignal): Promise<void> =>
    await look(client, { ...options, before }, giveUp, ended);
}

async function open({ url, limitMs }: LeaseWatchOptions): Promise<PostgresClient> {
  const client = await connect({
    name: 'jobs',
    url,
    applicationName: 'plimsoll backup watch',
    connectTimeoutMs: 10_000,
  });
  await limitLooks(client, Math.max(longestFirstLookMs, 2 * limitMs));
  return client;
}

/** An end to each look, on the server as well. */
async function limitLooks(client: PostgresClient, ms: number): Promise<void> {
  await client.query("select pg_catalog.set_config('statement_timeout', $1, false)", [String(Math.ceil(ms))]);
}

const longestFirstLookMs = 2000;
const firstLooks = 3;

/**
 * What the quickest of the first looks took is what leasing costs without the dump: only what comes on top is the dump's
 * fault.
 */
async function look(
  client: PostgresClient,
  { limitMs, before, pauseMs = 1000 }: LeaseWatchOptions & { readonly before: number | undefined },
  giveUp: AbortController,
  ended: AbortSignal,
): Promise<void> {
  const letGo = (): void => void client.connection.stream.destroy();
  ended.addEventListener('abort', letGo);
  try {
    if (before === undefined) return;
    // Slow enough to be told apart from what is allowed.
    await limitLooks(client, 2 * boundOf({ before, limitMs }));
    let recent: number[] = [];
    while (!ended.aborted) {
      await delay(pauseMs, undefined, { signal: ended }).catch(() => undefined);
      const took = await measure(client);
      if (took === undefined) return;
      recent = [...recent, took].slice(-inARow);
      if (isTooSlow(recent, { before, limitMs })) return giveUp.abort(slowError(recent, before, limitMs));
    }
  } catch (error) {
    // The watch goes before the connection does: what it was waiting for is of no interest any more.
    if (!ended.aborted) throw error;
  } finally {
    await disconnect(client);
  }
}

async function measureFirst(client: PostgresClient): Promise<number | undefined> {
  const looks: number[] = [];
  while (looks.length < firstLooks) {
    const took = await measure(client);
    if (took === undefined) return undefined;
    looks.push(took);
  }
  return Math.min(...looks);
}

interface Bounds {
  /** What a look took before the dump held anything back. */
  readonly before: number;
  readonly limitMs: number;
}

function boundOf({ before, limitMs }: Bounds): number {
  return Math.max(limitMs, 2 * before);
}

/** Whether a dump is to be given up, by the newest looks, what a look took before it, and the limit; all in milliseconds. */
export function isTooSlow(recent: readonly number[], bounds: Bounds): boolean {
  const bound = boundOf(bounds);
  return recent.length >= inARow && recent.every((took) => took > bound);
}

/** Undefined when it cannot be told: a schema without a queue, or a connection that is gone, which is not ours to judge. */
async function measure(client: PostgresClient): Promise<number | undefined> {
  const started = performance.now();
  try {
    await client.query(probeSql);
  } catch (error) {
    if (codeOf(error) !== sqlState.queryCanceled) return undefined;
  }
  return performance.now() - started;
}

function slowError(recent: readonly number[], before: number, limitMs: number): Error {
  const last = recent.map((took) => Math.round(took)).join(', ');
  return engineError('backup_leasing_slow', {
    message: `the dump was given up: finding the next job to lease took ${last} ms while it ran (limit ${limitMs} ms, before it ${Math.round(before)} ms)`,
    hint: 'Take the bundle at a quieter time (`BACKUP_SCHEDULE`), or allow more with `BACKUP_LEASE_LATENCY_LIMIT_MS`.',
    details: { recentMs: recent, beforeMs: before, limitMs },
  });
}

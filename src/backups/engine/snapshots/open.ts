import { messageOf } from '../../../base/index.ts';
import type { DatabaseName } from '../../../contract/index.ts';
import { engineError } from '../errors.ts';
import type { DatabaseUrls, SnapshotFacts, Snapshots } from '../../types.ts';
import { readFacts, takeSnapshot, type SnapshotHead } from './facts.ts';
import { checkReferences } from './references.ts';
import { openSession, type Session } from './session.ts';
import { countTables } from './tables.ts';

/**
 * The order of the snapshots. A result is written before its job is marked as done, and a scanner is enrolled before
 * it leases: so whatever the jobs speak of is in the snapshots that come after them.
 */
const order = ['jobs', 'results', 'config'] as const satisfies readonly DatabaseName[];

type PerDatabase<T> = Record<DatabaseName, T>;

/**
 * Exports a snapshot of each database, back to back, and reads what is in them. Throws `database_*` and
 * `backup_pooled_connection`; leaves no session open then.
 */
export async function openSnapshots(urls: DatabaseUrls, signal: AbortSignal): Promise<Snapshots> {
  const opened = await Promise.allSettled(order.map(async (name) => await openSession(name, urls[name])));
  const sessions = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  try {
    for (const outcome of opened) if (outcome.status === 'rejected') throw outcome.reason;
    signal.throwIfAborted();
    return await snapshotsOf(sessions);
  } catch (error) {
    await closeAll(sessions);
    throw error;
  }
}

async function snapshotsOf(sessions: readonly Session[]): Promise<Snapshots> {
  const watch = watchSessions(sessions);
  const { heads, skewMs } = await takeSnapshots(sessions);
  const byName = Object.fromEntries(sessions.map((session) => [session.name, session])) as PerDatabase<Session>;
  const facts = await readAllFacts(heads);
  return {
    facts,
    urls: { config: byName.config.url, results: byName.results.url, jobs: byName.jobs.url },
    skewMs,
    lost: watch.signal,
    countTables: async (name, signal) => {
      const session = byName[name];
      const count = async () => await countTables(session, facts[name].withoutRows, signal);
      return await session.interruptible(AbortSignal.any([signal, watch.signal]), count);
    },
    checkReferences: async (signal) => {
      const check = async () => await checkReferences(byName, signal);
      return await byName.jobs.interruptible(AbortSignal.any([signal, watch.signal]), check);
    },
    release: async (name) => {
      watch.forget(name);
      await byName[name].close();
    },
    [Symbol.asyncDispose]: async () => {
      watch.forgetAll();
      await closeAll(sessions);
    },
  };
}

/** Nothing but the snapshots themselves happens between the first and the last. */
async function takeSnapshots(
  sessions: readonly Session[],
): Promise<{ heads: readonly [Session, SnapshotHead][]; skewMs: number }> {
  for (const session of sessions) await session.query('begin isolation level repeatable read read only');
  const heads: [Session, SnapshotHead][] = [];
  const started = performance.now();
  for (const session of sessions) heads.push([session, await takeSnapshot(session)]);
  return { heads, skewMs: Math.round((performance.now() - started) * 1000) / 1000 };
}

async function readAllFacts(heads: readonly [Session, SnapshotHead][]): Promise<PerDatabase<SnapshotFacts>> {
  const facts = heads.map(async ([session, head]) => {
    return [session.name, await readFacts(session, head)] as const;
  });
  return Object.fromEntries(await Promise.all(facts)) as PerDatabase<SnapshotFacts>;
}

interface SessionWatch {
  readonly signal: AbortSignal;
  /** Its end is meant. */
  forget(name: DatabaseName): void;
  forgetAll(): void;
}

/** Aborts when a session ends that should not. */
function watchSessions(sessions: readonly Session[]): SessionWatch {
  const abort = new AbortController();
  const watched = new Set<DatabaseName>(sessions.map(({ name }) => name));
  for (const { name, client } of sessions) {
    let reason: string | undefined;
    client.on('error', (error) => {
      // What the server says first; that the connection broke is only what follows.
      reason ??= messageOf(error);
    });
    client.on('end', () => {
      if (watched.has(name)) abort.abort(lostError(name, reason ?? 'the server closed the connection'));
    });
  }
  return {
    signal: abort.signal,
    forget: (name) => void watched.delete(name),
    forgetAll: () => watched.clear(),
  };
}

function lostError(name: DatabaseName, reason: string): Error {
  return engineError('backup_snapshot_lost', {
    message: `${name} database: the session that kept its snapshot ended before the dump was done: ${reason}`,
    hint: "Read the database server's log for why the session ended, then take the bundle again with `plimsoll backup take`.",
    details: { database: name },
  });
}

async function closeAll(sessions: readonly Session[]): Promise<void> {
  await Promise.all(sessions.map(async (session) => await session.close()));
}

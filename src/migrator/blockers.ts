import { setTimeout as delay } from 'node:timers/promises';
import { openSession, type Session } from './session.ts';

/** A session that stands in the way of a migration. */
export interface Blocker {
  readonly pid: number;
  readonly applicationName: string;
}

const blockersSql = `
select pid, coalesce(nullif(application_name, ''), backend_type) as "applicationName"
from pg_catalog.pg_stat_activity where pid = any (pg_catalog.pg_blocking_pids($1)) order by pid`;

/** A look over the shoulder of a waiting session. */
export interface BlockerWatch extends AsyncDisposable {
  /** The last blockers seen. */
  seen(): readonly Blocker[];
}

/**
 * Watches, over a second connection, who blocks a session: that can be asked only while it waits. Failing to watch is no
 * failure of the migration.
 */
export function watchBlockers(session: Session, everyMs: number): BlockerWatch {
  const abort = new AbortController();
  let seen: readonly Blocker[] = [];
  const watch = async (): Promise<void> => {
    await using watcher = await openSession(session.database, session.spec.url);
    while (!abort.signal.aborted) {
      const { rows } = await watcher.client.query<Blocker>(blockersSql, [session.processId]);
      if (rows.length > 0) seen = rows;
      await delay(everyMs, undefined, { signal: abort.signal });
    }
  };
  const watching = watch().catch(() => undefined);
  return {
    seen: () => seen,
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await watching;
    },
  };
}

/** Blockers in words: `pid 4711 (psql), pid 4712 (app)`. */
export function describeBlockers(blockers: readonly Blocker[]): string {
  if (blockers.length === 0) return 'a session that is gone by now';
  return blockers.map(({ pid, applicationName }) => `pid ${pid} (${applicationName})`).join(', ');
}

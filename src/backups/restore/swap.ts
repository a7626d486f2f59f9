import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../base/index.ts';
import { codeOf } from '../../postgres/index.ts';
import { quoteName } from '../reload/server.ts';
import { restoreError } from './errors.ts';
import type { Server } from './servers.ts';

export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** SQLSTATE `object_in_use`. */
const objectInUse = '55006';
const attempts = 3;

/**
 * Renames databases of one server in one transaction: all of them or none, and at no instant a name that leads nowhere. The
 * server lets nobody into a database whose name is being changed, and waits five seconds for those who are in: they are ended
 * meanwhile. Nothing has to be switched off before, so that a restore that is killed leaves no closed database behind.
 * Throws `restore_sessions_remain` with who could not be ended.
 */
export async function renameAll(server: Server, renamings: readonly Renaming[]): Promise<void> {
  if (renamings.length === 0) return;
  const names = renamings.map(({ from }) => from);
  await endSessions(server, names);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await renameOnce(server, renamings, names);
      return;
    } catch (error) {
      if (codeOf(error instanceof Error ? error.cause : error) !== objectInUse) throw error;
      if (attempt === attempts) throw await remaining(server, names, error);
    }
  }
}

async function renameOnce({ session, helper }: Server, renamings: readonly Renaming[], names: readonly string[]) {
  const done = new AbortController();
  const ending = keepEnding({ session, helper }, names, done.signal);
  try {
    await session.query('begin');
    for (const { from, to } of renamings)
      await session.query(`alter database ${quoteName(from)} rename to ${quoteName(to)}`);
    await session.query('commit');
  } catch (error) {
    await session.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    done.abort();
    await ending;
  }
}

async function keepEnding(server: Pick<Server, 'session' | 'helper'>, names: readonly string[], done: AbortSignal) {
  while (!done.aborted) {
    await endSessions(server, names).catch(() => undefined);
    await delay(50, undefined, { signal: done }).catch(() => undefined);
  }
}

/** Ends what may be ended, one by one: a session of a superuser makes the server refuse, and must not save the others. */
async function endSessions({ helper }: Pick<Server, 'helper'>, names: readonly string[]): Promise<void> {
  const sessions = await helper.query<{ pid: number }>(
    'select pid from pg_catalog.pg_stat_activity where datname = any($1::text[]) and pid <> pg_catalog.pg_backend_pid()',
    [names],
  );
  for (const { pid } of sessions)
    await helper.query('select pg_catalog.pg_terminate_backend($1)', [pid]).catch(() => undefined);
}

async function remaining({ helper }: Server, names: readonly string[], cause: unknown): Promise<Error> {
  const left = await helper.query<{ who: string }>(
    `select format('pid %s, %s (%s) on %s', pid, coalesce(nullif(application_name, ''), backend_type), usename, datname) as who
       from pg_catalog.pg_stat_activity where datname = any($1::text[]) and pid <> pg_catalog.pg_backend_pid() order by pid`,
    [names],
  );
  const who = left.map((row) => row.who).join('; ');
  return restoreError('restore_sessions_remain', {
    message: `${names.join(', ')} cannot be renamed while others are connected: ${who || messageOf(cause)}`,
    hint: 'End these sessions, then run `plimsoll backup restore --resume`.',
    details: { sessions: left.map((row) => row.who) },
    cause,
  });
}

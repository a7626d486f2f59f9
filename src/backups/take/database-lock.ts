import type { Secret } from '../../base/index.ts';
import { classifyPostgresError, connect, disconnect, targetOf, type PostgresClient } from '../../postgres/index.ts';
import { takeError } from './errors.ts';
import type { LockHolder } from './holder.ts';

/** The two halves of the advisory lock, "plim" and "back" in ASCII. */
const key = { high: 0x706c696d, low: 0x6261636b } as const;

const holderSql = `select a.pid, a.usename, a.application_name, a.client_addr::text as client, a.backend_start
  from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.granted and l.classid = ${key.high} and l.objid = ${key.low} and l.objsubid = 2
    and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())`;

/** A lock that is held as long as its session lives. */
export interface DatabaseLock extends AsyncDisposable {
  /** The session that holds it; its queries must not wait long. */
  readonly client: PostgresClient;
  /** Aborted with `backup_lock_lost` when the session ends before it is disposed. */
  readonly lost: AbortSignal;
}

/**
 * Takes the lock in the config database that keeps the backups of all replicas apart. Never waits. Throws `backup_busy`,
 * which names who has it, and `database_*`.
 */
export async function lockInDatabase(url: Secret, holder: LockHolder): Promise<DatabaseLock> {
  const spec = { name: 'config', url, applicationName: nameFor(holder), connectTimeoutMs: 10_000 };
  const client = await connect(spec);
  try {
    // A machine that is cut off must not keep the lock for the two hours that TCP would wait.
    await client.query(
      "set statement_timeout = '20s'; set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3",
    );
    const { rows } = await client.query<{ got: boolean }>(
      `select pg_catalog.pg_try_advisory_lock(${key.high}, ${key.low}) as got`,
    );
    if (rows[0]?.got !== true) throw await busyError(client);
  } catch (error) {
    await disconnect(client);
    throw classifyPostgresError(error, targetOf(spec));
  }
  return watched(client);
}

function watched(client: PostgresClient): DatabaseLock {
  const abort = new AbortController();
  let letGo = false;
  client.on('end', () => {
    if (!letGo) abort.abort(lostError());
  });
  return {
    client,
    lost: abort.signal,
    [Symbol.asyncDispose]: async () => {
      letGo = true;
      await disconnect(client);
    },
  };
}

/** What a DBA reads in pg_stat_activity, and a replica that comes too late; Postgres keeps 63 bytes of it. */
function nameFor({ work, by, host, pid }: LockHolder): string {
  return `plimsoll backup: ${work} by ${by} (${pid}@${host})`.replaceAll(/[^ -~]/g, '?').slice(0, 63);
}

interface HolderRow {
  readonly pid: number;
  readonly usename: string;
  readonly application_name: string;
  readonly client: string | null;
  readonly backend_start: Date | null;
}

async function busyError(client: PostgresClient): Promise<Error> {
  const { rows } = await client.query<HolderRow>(holderSql);
  const [row] = rows;
  const who =
    row === undefined
      ? 'a session that has just ended'
      : `"${row.application_name}" from ${row.client ?? 'the same machine'}${row.backend_start === null ? '' : ` since ${row.backend_start.toISOString()}`} (session ${row.pid})`;
  return takeError('backup_busy', {
    message: `the backups are in use: the lock in the config database is held by ${who}`,
    hint: 'Wait until it has ended, or cancel it where it runs.',
    details: { holder: who },
  });
}

function lostError(): Error {
  return takeError('backup_lock_lost', {
    message: 'the session that held the lock in the config database ended before the bundle was whole',
    hint: "Read the database server's log for why the session ended, then run `plimsoll backup take` again.",
  });
}

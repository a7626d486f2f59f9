import type { Secret } from '../../base/index.ts';
import { classifyPostgresError, connect, disconnect, targetOf, type PostgresClient } from '../../postgres/index.ts';
import { lockError } from './errors.ts';
import type { LockHolder } from './holder.ts';

/** The two halves of the advisory lock on the bundles, "plim" and "back" in ASCII. */
const bundlesKey = { high: 0x706c696d, low: 0x6261636b } as const;
/** Held beside it by whoever takes a bundle, "plim" and "take": a restore looks for it. */
const takingKey = { high: 0x706c696d, low: 0x74616b65 } as const;
/** First half of the lock that a restore holds on a server; the second is the hash of the database's name. "rest" in ASCII. */
export const restoreLockClass = 0x72657374;

const holderColumns = 'a.pid, a.usename, a.application_name, a.client_addr::text as client, a.backend_start';
const lockedBy = `pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.granted and l.objsubid = 2`;

const holderSql = `select ${holderColumns} from ${lockedBy} and l.classid = ${bundlesKey.high} and l.objid = ${bundlesKey.low}
    and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())`;

/** A restore locks by the name, in another database of the server: the one that it replaces may be gone. */
const restoreSql = `select ${holderColumns} from ${lockedBy} and l.classid = ${restoreLockClass}
    and l.objid = pg_catalog.hashtext(pg_catalog.current_database()::text)::oid`;

/** To be asked on the server, from any of its databases, with the name of the config database. */
const takingSql = `select ${holderColumns} from ${lockedBy} and l.classid = ${takingKey.high} and l.objid = ${takingKey.low}
    and l.database = (select oid from pg_catalog.pg_database where datname = $1)`;

/** What a piece of work needs for itself: the bundles as they are, or the databases as well. */
export type Locked = 'bundles' | 'databases';

/** A lock that is held as long as its session lives. */
export interface DatabaseLock extends AsyncDisposable {
  /** The session that holds it; its queries must not wait long. */
  readonly client: PostgresClient;
  /** Aborted with `backup_lock_lost` when the session ends before it is disposed. */
  readonly lost: AbortSignal;
}

/**
 * Takes the lock in the config database that keeps the work of all replicas apart. Never waits. Throws `backup_busy`, which
 * names who has it, and `database_*`. A restore and whoever needs the databases each lock first and then look for the other:
 * one of the two sees it, or both do.
 */
export async function lockInDatabase(url: Secret, holder: LockHolder, what: Locked): Promise<DatabaseLock> {
  const spec = { name: 'config', url, applicationName: nameFor(holder), connectTimeoutMs: 10_000 };
  const client = await connect(spec);
  try {
    // A machine that is cut off must not keep the lock for the two hours that TCP would wait.
    await client.query(
      "set statement_timeout = '20s'; set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3",
    );
    if (!(await tryLock(client, bundlesKey)))
      throw busyWith(
        'the backups are in use: the lock in the config database is held',
        await holdersBy(client, holderSql),
      );
    if (what === 'databases') await lockAgainstRestores(client);
  } catch (error) {
    await disconnect(client);
    throw classifyPostgresError(error, targetOf(spec));
  }
  return watched(client);
}

async function lockAgainstRestores(client: PostgresClient): Promise<void> {
  await tryLock(client, takingKey);
  const restores = await holdersBy(client, restoreSql);
  if (restores.length > 0) throw busyWith('a restore is at work on the databases: they are held', restores);
}

/** Throws `backup_busy` while somebody takes a bundle of the databases to which this config database belongs. */
export async function requireNoTaking(
  query: (sql: string, values: readonly string[]) => Promise<HolderRow[]>,
  configDatabase: string,
): Promise<void> {
  const takings = await query(takingSql, [configDatabase]);
  if (takings.length > 0) throw busyWith('a bundle is being taken of the databases: they are held', takings);
}

async function tryLock(client: PostgresClient, { high, low }: typeof bundlesKey | typeof takingKey): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(
    `select pg_catalog.pg_try_advisory_lock(${high}, ${low}) as got`,
  );
  return rows[0]?.got === true;
}

async function holdersBy(client: PostgresClient, sql: string): Promise<HolderRow[]> {
  return (await client.query<HolderRow>(sql)).rows;
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

export interface HolderRow {
  readonly pid: number;
  readonly usename: string;
  readonly application_name: string;
  readonly client: string | null;
  readonly backend_start: Date | null;
}

function busyWith(what: string, [row]: readonly HolderRow[]): Error {
  const who =
    row === undefined
      ? 'a session that has just ended'
      : `"${row.application_name}" from ${row.client ?? 'the same machine'}${row.backend_start === null ? '' : ` since ${row.backend_start.toISOString()}`} (session ${row.pid})`;
  return lockError('backup_busy', {
    message: `${what} by ${who}`,
    hint: 'Wait until it has ended, or cancel it where it runs.',
    details: { holder: who },
  });
}

function lostError(): Error {
  return lockError('backup_lock_lost', {
    message: 'the session that held the lock in the config database ended before the bundle was whole',
    hint: "Read the database server's log for why the session ended, then run `plimsoll backup take` again.",
  });
}

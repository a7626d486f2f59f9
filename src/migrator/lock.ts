import { messageOf } from '../base/index.ts';
import { codeOf, sqlState, type PostgresClient } from '../postgres/index.ts';

/** The two halves of the migrator's advisory lock, "plim" and "soll" in ASCII. Postgres keeps advisory locks apart by database. */
export const lockKey = { high: 0x706c_696d, low: 0x736f_6c6c } as const;

/** SQL for a row of pg_locks that is the migrator's lock on the current database, and held. */
const isLockSql = `locktype = 'advisory' and granted and classid = ${lockKey.high} and objid = ${lockKey.low} and objsubid = 2
    and database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())`;

/** SQL that is true while some session holds the migrator's lock on the current database. */
export const lockHeldSql = `exists (
  select from pg_catalog.pg_locks
  where ${isLockSql})`;

/** SQL that takes the lock for the session if it is free, and says whether it did. */
export const tryLockSql = `pg_catalog.pg_try_advisory_lock(${lockKey.high}, ${lockKey.low})`;

/**
 * SQL for the end of a migration: takes the lock again in case the file has let it go, and fails once another session has it.
 * An integer that cannot be read is the only error that plain SQL can raise with words of its own.
 */
export const keepLockSql = `select case when ${tryLockSql} then '1' else 'the migrator lost its lock' end::integer;`;

/** Whether the server's error is that of `keepLockSql`. */
export function isLockLoss(error: unknown): boolean {
  return codeOf(error) === sqlState.invalidText && messageOf(error).includes('the migrator lost its lock');
}

/** The session that has the migrator's lock. */
export interface LockHolder {
  readonly pid: number;
  readonly applicationName: string;
  /** When it connected; null if the asking role may not know. */
  readonly since: Date | null;
}

/** SQL for the process that has the migrator's lock on the current database. */
export const lockHolderSql = `select pid from pg_catalog.pg_locks where ${isLockSql}`;

const holderSql = `
select pid, coalesce(nullif(application_name, ''), 'no application name') as "applicationName", backend_start as since
from pg_catalog.pg_stat_activity where pid in (${lockHolderSql})`;

/** Who has the migrator's lock on the current database; undefined if nobody has by now. */
export async function readLockHolder(client: Pick<PostgresClient, 'query'>): Promise<LockHolder | undefined> {
  return (await client.query<LockHolder>(holderSql)).rows[0];
}

/** A holder in words: `pid 4711 (plimsoll-migrator), connected since 2026-11-22T10:00:00.000Z`. */
export function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'a session that is gone by now';
  const since = holder.since === null ? '' : `, connected since ${holder.since.toISOString()}`;
  return `pid ${holder.pid} (${holder.applicationName})${since}`;
}

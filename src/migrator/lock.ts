import { messageOf } from '../base/index.ts';
import { codeOf, sqlState } from '../postgres/index.ts';

/** The two halves of the migrator's advisory lock, "plim" and "soll" in ASCII. Postgres keeps advisory locks apart by database. */
export const lockKey = { high: 0x706c_696d, low: 0x736f_6c6c } as const;

/** SQL that is true while some session holds the migrator's lock on the current database. */
export const lockHeldSql = `exists (
  select from pg_catalog.pg_locks
  where locktype = 'advisory' and granted and classid = ${lockKey.high} and objid = ${lockKey.low} and objsubid = 2
    and database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))`;

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

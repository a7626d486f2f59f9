import { AppError, type Secret } from '../../base/index.ts';
import { openServer } from '../reload/server.ts';
import type { MustEnrol } from './journal.ts';

const namesAtMost = 10;

/** Those that may work now: what they hold is told apart by its hash. */
const heldSql = `select name, encode(credential_hash, 'hex') as hash from public.scanners where revoked_at is null order by enrolled_at, id`;
const knownSql = `select encode(known, 'hex') as hash
  from public.scanners, unnest(array[credential_hash, next_credential_hash]) known where known is not null`;

/**
 * Scanners whose credential the restored config database does not know, since they enrolled or were given a new one after
 * the snapshot. Null when either database cannot be asked.
 */
export async function readMustEnrol(liveConfig: Secret, restoredConfig: Secret): Promise<MustEnrol | null> {
  try {
    const held = await rowsOf<{ name: string; hash: string }>(liveConfig, heldSql);
    const known = new Set((await rowsOf<{ hash: string }>(restoredConfig, knownSql)).map(({ hash }) => hash));
    const names = held.filter(({ hash }) => !known.has(hash)).map(({ name }) => name);
    return { count: names.length, names: names.slice(0, namesAtMost) };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

async function rowsOf<Row>(url: Secret, sql: string): Promise<Row[]> {
  await using session = await openServer('config', url);
  await session.query("set statement_timeout = '30s'");
  return await session.query<Row>(sql);
}

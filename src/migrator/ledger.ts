import { classifyPostgresError, type DatabaseTarget, type PostgresClient } from '../postgres/index.ts';
import { ledgerReadableSql } from './ledger-schema.ts';
import { lockHeldSql, tryLockSql } from './lock.ts';
import type { LedgerReading, LedgerRow } from './types.ts';

/** What the ledger's reader needs of a client or pool of `pg`. */
export type Queryable = Pick<PostgresClient, 'query'>;

/**
 * Naming a table that does not exist is an error, even in a branch that is not taken. The block below is planned line by
 * line, so one round trip reads a ledger, or finds that there is none, without an error in the server's log. The
 * setting lives until the end of this one implicit transaction.
 */
const readSql = `
do $plimsoll$ begin
  perform pg_catalog.set_config('plimsoll.reading', '', true);
  if pg_catalog.to_regclass('plimsoll.schema_migration') is not null then
    perform pg_catalog.set_config('plimsoll.reading', coalesce((
      select pg_catalog.json_agg(pg_catalog.json_build_array(
        version, name, checksum, extract(epoch from started_at) * 1000, extract(epoch from finished_at) * 1000,
        applied_by, applied_by_source, app_version, image_sha, run_id, oldest_compatible) order by version)
      from plimsoll.schema_migration)::text, '[]'), true);
  end if;
end $plimsoll$;
select pg_catalog.current_setting('plimsoll.reading') as rows,
  ${lockHeldSql} as lock_held, ${ledgerReadableSql} as readable,
  pg_catalog.current_setting('server_version_num')::integer as server_version_num`;

type RowTuple = [
  version: number,
  name: string,
  checksum: string,
  startedAtMs: number,
  finishedAtMs: number | null,
  appliedBy: string,
  appliedBySource: 'operator' | 'role',
  appVersion: string,
  imageSha: string,
  runId: string,
  oldestCompatible: number,
];

/**
 * Reads a database's ledger, whether a migrator is at work on it, and the server's version, in one round trip.
 * Throws a `database_*` AppError; a role that may not read the ledger gets `database_permission_denied`.
 */
export async function readLedger(client: Queryable, target: DatabaseTarget): Promise<LedgerReading> {
  return toReading(await run(client, target, readSql));
}

/**
 * The same in the same round trip as other SQL, which comes first; gives the rows of that too. For what has to be known
 * together, or not at all.
 */
export async function readLedgerAnd(
  client: Queryable,
  target: DatabaseTarget,
  sql: string,
): Promise<{ reading: LedgerReading; rows: Record<string, unknown>[] }> {
  const answers = await run(client, target, `${sql}; ${readSql}`);
  return { reading: toReading(answers), rows: answers.slice(0, -1) };
}

/**
 * The same, after trying to take the migrator's lock in the same round trip: what is read under it stays true. Read
 * committed, whatever the database's default is: a snapshot taken before the lock would show a ledger of before it.
 */
export async function tryLockAndReadLedger(
  client: Queryable,
  target: DatabaseTarget,
): Promise<{ locked: boolean; reading: LedgerReading }> {
  const lock = `begin isolation level read committed; select ${tryLockSql} as locked;`;
  const answers = await run(client, target, `${lock} ${readSql}; commit`);
  const locked = answers.some((answer) => answer['locked'] === true);
  const reading = toReading(answers);
  // Held by ourselves: an open row under it was left by somebody who died.
  return { locked, reading: locked ? { ...reading, lockHeld: false } : reading };
}

/** The server's major version, for example 18. */
export function majorOf({ serverVersionNum }: Pick<LedgerReading, 'serverVersionNum'>): number {
  return Math.floor(serverVersionNum / 10_000);
}

/** Every row that the statements of one text give. */
async function run(client: Queryable, target: DatabaseTarget, sql: string): Promise<Record<string, unknown>[]> {
  // Several statements in one text give an array of results, which @types/pg does not know.
  const results = (await client.query(sql).catch((error: unknown) => {
    throw classifyPostgresError(error, target);
  })) as unknown as { rows: Record<string, unknown>[] }[];
  return results.flatMap(({ rows }) => rows);
}

function toReading(answers: readonly Record<string, unknown>[]): LedgerReading {
  const found = answers.at(-1);
  const text = typeof found?.['rows'] === 'string' ? found['rows'] : '';
  return {
    exists: text !== '',
    rows: text === '' ? [] : (JSON.parse(text) as RowTuple[]).map(toRow),
    lockHeld: found?.['lock_held'] === true,
    readableByAll: found?.['readable'] === true,
    serverVersionNum: Number(found?.['server_version_num']),
  };
}

function toRow(tuple: RowTuple): LedgerRow {
  const [version, name, checksum, startedAtMs, finishedAtMs, appliedBy, appliedBySource, ...build] = tuple;
  const [appVersion, imageSha, runId, oldestCompatible] = build;
  return {
    version,
    name,
    checksum,
    startedAt: new Date(startedAtMs),
    finishedAt: finishedAtMs === null ? null : new Date(finishedAtMs),
    appliedBy,
    appliedBySource,
    appVersion,
    imageSha,
    runId,
    oldestCompatible,
  };
}

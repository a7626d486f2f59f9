import { AppError, messageOf, type Secret } from '../base/index.ts';
import { connect, disconnect, targetOf, type PostgresClient } from '../postgres/index.ts';

export interface RecordTerms {
  /** The config database, with the migrator's role. */
  readonly url: Secret;
  /** Who is at the keyboard; undefined: the database role is recorded. */
  readonly operator: string | undefined;
}

/** Why something could not be recorded, in words. */
export interface RecordFailure {
  readonly where: string;
  /** Undefined: whatever the role has to be given. */
  readonly hint: string | undefined;
  readonly cause: unknown;
}

/** Writes to the config database in one transaction. Throws what `failed` makes of the reason why that was not possible. */
export async function recordInConfig<T>(
  { url }: RecordTerms,
  write: (client: PostgresClient) => Promise<T>,
  failed: (failure: RecordFailure) => AppError,
): Promise<T> {
  const spec = { name: 'config', url, applicationName: 'plimsoll-preflight', connectTimeoutMs: 5000 };
  try {
    const client = await connect(spec);
    try {
      await client.query('set statement_timeout = 10000; begin');
      const written = await write(client);
      await client.query('commit');
      return written;
    } finally {
      await disconnect(client);
    }
  } catch (error) {
    const isKnown = error instanceof AppError;
    const where = `${isKnown ? '' : `${targetOf(spec).label}: `}${messageOf(error)}`;
    throw failed({ where, hint: isKnown ? error.hint : undefined, cause: error });
  }
}

/** Any number of its own, so that two first runs do not create a table at the same time. */
const recordLock = 7_565_942;

/** Makes a record's table with this SQL; `isOldSql` says in a column `old` whether it is missing, or of an earlier release. */
export async function makeTable(client: PostgresClient, isOldSql: string, sql: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [recordLock]);
  const { rows } = await client.query<{ old: boolean }>(isOldSql);
  if (rows[0]?.old === true) await client.query(sql);
}

/** What keeps the rows of a record for ever, and lets every role read them. To be run after its table is made. */
export function keepForEverSql(table: string): string {
  return `
create or replace function plimsoll.keep_${table}s() returns trigger language plpgsql as $body$
begin
  raise exception 'plimsoll.% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege';
end
$body$;
create or replace trigger ${table}_keeps_rows before update or delete or truncate on plimsoll.${table}
for each statement execute function plimsoll.keep_${table}s();

grant usage on schema plimsoll to public;
grant select on plimsoll.${table} to public;`;
}

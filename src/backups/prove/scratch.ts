import { randomBytes } from 'node:crypto';
import { messageOf, type Clock, type Secret } from '../../base/index.ts';
import { databaseNames, type DatabaseName } from '../../contract/index.ts';
import {
  makingDatabases,
  openServer,
  quoteName,
  quoteText,
  urlOfDatabase,
  type ServerSession,
} from '../reload/server.ts';
import type { DatabaseUrls } from '../types.ts';

/** Three empty databases of one run; dropped when disposed, whoever is connected. */
export interface Scratch extends AsyncDisposable {
  readonly urls: DatabaseUrls;
}

const namePattern = '^plimsoll_prove_([0-9a-f]{8})_(config|results|jobs)$';
/** First half of the advisory lock that a run holds as long as it lives, "prov" in ASCII; the second is its number. */
const lockClass = 0x7072_6f76;

/** Makes the scratch databases of one run. Throws `database_*`, `reload_rights_missing`. */
export async function makeScratch(server: ServerSession, url: Secret, clock: Clock): Promise<Scratch> {
  const run = randomBytes(4).toString('hex');
  await server.query('select pg_catalog.pg_advisory_lock($1, $2)', [lockClass, lockNumberOf(run)]);
  const names = databaseNames.map((name) => [name, `plimsoll_prove_${run}_${name}`] as const);
  const drop = async (): Promise<void> => {
    for (const [, name] of names) await dropScratch(server, url, name);
    await server
      .query('select pg_catalog.pg_advisory_unlock($1, $2)', [lockClass, lockNumberOf(run)])
      .catch(() => undefined);
  };
  try {
    const encoding = await encodingClause(server);
    for (const [, name] of names)
      await makingDatabases(server, async () => await makeOne(server, name, encoding, clock));
  } catch (error) {
    await drop();
    throw error;
  }
  const urls = Object.fromEntries(names.map(([name, scratch]) => [name, urlOfDatabase(url, scratch)])) as Record<
    DatabaseName,
    Secret
  >;
  return { urls, [Symbol.asyncDispose]: drop };
}

async function makeOne(server: ServerSession, name: string, encoding: string, clock: Clock): Promise<void> {
  await server.query(`create database ${quoteName(name)} template template0 ${encoding}`);
  const note = `Scratch database in which plimsoll proves a backup, made ${clock.now().toISOString()}; dropped by itself.`;
  await server.query(`comment on database ${quoteName(name)} is ${quoteText(note)}`);
  // What a crash of the server loses of it is no loss.
  await server.query(`alter database ${quoteName(name)} set synchronous_commit = off`);
}

/** Dumps are UTF-8. A server whose own encoding is another takes them where nothing depends on its language. */
async function encodingClause({ query }: ServerSession): Promise<string> {
  const [row] = await query<{ encoding: string }>(
    "select pg_catalog.pg_encoding_to_char(encoding) as encoding from pg_catalog.pg_database where datname = 'template0'",
  );
  return row?.encoding === 'UTF8' ? '' : "encoding 'UTF8' lc_collate 'C' lc_ctype 'C'";
}

/**
 * Drops the scratch databases of runs that were killed: those of our own role whose run holds its lock no more. Gives the
 * names; what cannot be dropped is left for the next run.
 */
export async function sweepScratch(server: ServerSession): Promise<string[]> {
  const found = await server.query<{ name: string; run: string }>(
    `select datname as name, substring(datname from 16 for 8) as run from pg_catalog.pg_database d
      where datname ~ $1 and pg_catalog.pg_get_userbyid(datdba) = current_user`,
    [namePattern],
  );
  const swept: string[] = [];
  for (const { name, run } of found) {
    const [alive] = await server.query(
      `select from pg_catalog.pg_locks where locktype = 'advisory' and granted and classid = $1::bigint::oid and objid = $2::bigint::oid`,
      [lockClass, Number.parseInt(run, 16)],
    );
    if (alive === undefined && (await tryDrop(server, name)) === undefined) swept.push(name);
  }
  return swept;
}

/** A connection that broke meanwhile is no reason to leave them: a fresh one is tried as well. */
async function dropScratch(server: ServerSession, url: Secret, name: string): Promise<void> {
  if ((await tryDrop(server, name)) === undefined) return;
  const fresh = await openServer('scratch', url).catch(() => undefined);
  if (fresh === undefined) return;
  await tryDrop(fresh, name);
  await fresh[Symbol.asyncDispose]();
}

/** Gives why it could not be dropped. */
async function tryDrop({ query }: ServerSession, name: string): Promise<string | undefined> {
  return await query(`drop database if exists ${quoteName(name)} with (force)`).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
}

/** Advisory locks take two signed integers of 32 bits. */
function lockNumberOf(run: string): number {
  return Number.parseInt(run, 16) | 0;
}

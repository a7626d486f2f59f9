import { randomBytes } from 'node:crypto';
import type { Clock, Secret } from '../../base/index.ts';
import { dropScratch, holdScratch, scratchName, type ScratchKind } from '../../postgres/index.ts';
import { makingDatabases, openServer, quoteName, quoteText, urlOfDatabase, type ServerSession } from './server.ts';

/** Where one scratch database is to be made. */
export interface ScratchHome {
  readonly name: string;
  /** Its role makes the database, and owns it. */
  readonly url: Secret;
  /** A session of that URL. */
  readonly server: ServerSession;
}

export interface ScratchRequest {
  readonly kind: ScratchKind;
  readonly homes: readonly ScratchHome[];
  /** Stands in the comment of each, behind `Scratch database in which plimsoll`. */
  readonly purpose: string;
  readonly clock: Clock;
}

/** The empty databases of one run; dropped when disposed, whoever is connected. */
export interface Scratch extends AsyncDisposable {
  urlOf(name: string): Secret;
}

/** Makes the scratch databases of one run. Throws `database_*`, `reload_rights_missing`. */
export async function makeScratch(request: ScratchRequest): Promise<Scratch> {
  const { kind, homes } = request;
  const run = randomBytes(4).toString('hex');
  const drop = async (): Promise<void> => {
    for (const home of homes) await dropOne(home, scratchName(kind, run, home.name));
  };
  try {
    for (const server of new Set(homes.map((home) => home.server))) await holdScratch(server.query, kind, run);
    for (const home of homes) await makeOne(home.server, scratchName(kind, run, home.name), request);
  } catch (error) {
    await drop();
    throw error;
  }
  const urls = new Map(homes.map(({ name, url }) => [name, urlOfDatabase(url, scratchName(kind, run, name))]));
  return {
    urlOf: (name) => {
      const url = urls.get(name);
      if (url === undefined) throw new TypeError(`there is no scratch database ${name}`);
      return url;
    },
    [Symbol.asyncDispose]: drop,
  };
}

async function makeOne(server: ServerSession, name: string, { purpose, clock }: ScratchRequest): Promise<void> {
  const encoding = await encodingClause(server);
  await makingDatabases(
    server,
    async () => await server.query(`create database ${quoteName(name)} template template0 ${encoding}`),
  );
  const note = `Scratch database in which plimsoll ${purpose}, made ${clock.now().toISOString()}; dropped by itself.`;
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

/** A connection that broke meanwhile is no reason to leave it: a fresh one is tried as well. */
async function dropOne({ server, url }: ScratchHome, name: string): Promise<void> {
  if (await dropScratch(server.query, name)) return;
  const fresh = await openServer('scratch', url).catch(() => undefined);
  if (fresh === undefined) return;
  await dropScratch(fresh.query, name);
  await fresh[Symbol.asyncDispose]();
}

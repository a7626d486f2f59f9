import {
  makeScratch,
  openServer,
  readServerFreeBytes,
  readServerVersion,
  reloadDatabase,
  spaceFor,
  type BundleSource,
  type DumpEngines,
  type Scratch,
  type ServerSession,
  type Unseal,
} from '../backups/index.ts';
import { Secret, type Clock } from '../base/index.ts';
import { databaseNames, type BundleDatabase, type DatabaseName } from '../contract/index.ts';
import { ledgerGrantsSql } from '../migrator/index.ts';
import { rehearsalScratch, sweepScratch } from '../postgres/index.ts';
import { rehearsalError } from './errors.ts';

/** What a rehearsal tells while it goes on. */
export interface RehearsalProgress {
  /** In a few words. */
  readonly phase: string;
  /** While a dump is read: how much of it. */
  readonly bytes?: { readonly done: number; readonly total: number };
}

export interface StageRequest {
  /** The databases to be rehearsed on. */
  readonly names: readonly DatabaseName[];
  /** Where each running database is, with the migrator's role. */
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  /** The setting REHEARSAL_DATABASE_URL; undefined: beside the running databases. */
  readonly rehearsalUrl: Secret | undefined;
  readonly source: BundleSource;
  readonly engines: DumpEngines;
  readonly unseal: Unseal | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RehearsalProgress) => void;
  /** Free bytes on the disk of a server, or null where nobody can tell; default asks. */
  readonly freeBytes?: typeof readServerFreeBytes;
}

/** Scratch databases that hold the data of the bundle, and empty ones beside them. */
export interface Stage extends AsyncDisposable {
  /** Restored from the bundle. */
  readonly restored: Readonly<Record<DatabaseName, Secret>>;
  /** Empty, for the schema of a fresh install. */
  readonly fresh: Readonly<Record<DatabaseName, Secret>>;
  readonly serverMajors: Readonly<Record<string, number>>;
  readonly restoreSeconds: number;
  /** The strays of killed runs that were dropped first. */
  readonly swept: readonly string[];
}

/**
 * Sweeps, looks for room, makes the databases and fills them. Throws `rehearsal_no_space`, `rehearsal_server_older`,
 * `database_*`, `reload_*`, `dump_*`; nothing is left then.
 */
export async function setStage(request: StageRequest): Promise<Stage> {
  const servers = new AsyncDisposableStack();
  try {
    const homes = await openHomes(request, servers);
    const swept: string[] = [];
    for (const { server } of homes) swept.push(...(await sweepScratch(server.query, rehearsalScratch)));
    const majors = await requireFit(request, homes);
    request.signal.throwIfAborted();
    request.onProgress({ phase: 'making scratch databases' });
    const scratch = servers.use(await makeAll(homes, request.clock));
    const restoreSeconds = await secondsOf(async () => await fill(request, scratch));
    const urlsOf = (suffix: string) => scratchUrls(request.names, (name) => scratch.urlOf(`${name}${suffix}`));
    const dispose = async (): Promise<void> => await servers.disposeAsync();
    return {
      restored: urlsOf(''),
      fresh: urlsOf('_fresh'),
      serverMajors: majors,
      restoreSeconds,
      swept,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await servers.disposeAsync();
    throw error;
  }
}

/** The URL of a database without a scratch one is asked for by nobody; it never is that of a running database. */
function scratchUrls(
  names: readonly DatabaseName[],
  urlOf: (name: DatabaseName) => Secret,
): Readonly<Record<DatabaseName, Secret>> {
  const nowhere = new Secret('postgres://127.0.0.1:1/nowhere');
  const urls = databaseNames.map((name) => [name, names.includes(name) ? urlOf(name) : nowhere] as const);
  return Object.fromEntries(urls) as Record<DatabaseName, Secret>;
}

interface Home {
  readonly name: DatabaseName;
  readonly url: Secret;
  readonly server: ServerSession;
}

/** One session for each database's server; that of the setting is shared. */
async function openHomes(
  { names, urls, rehearsalUrl }: StageRequest,
  servers: AsyncDisposableStack,
): Promise<readonly Home[]> {
  const sessions = new Map<string, ServerSession>();
  const homes: Home[] = [];
  for (const name of names) {
    const url = rehearsalUrl ?? urls[name];
    const server = sessions.get(url.reveal()) ?? servers.use(await openServer(name, url));
    sessions.set(url.reveal(), server);
    homes.push({ name, url, server });
  }
  return homes;
}

async function makeAll(homes: readonly Home[], clock: Clock): Promise<Scratch> {
  return await makeScratch({
    kind: rehearsalScratch,
    homes: homes.flatMap(({ name, ...home }) => [
      { name, ...home },
      { name: `${name}_fresh`, ...home },
    ]),
    purpose: 'rehearses migrations',
    clock,
  });
}

/** Each server is new enough and has room for all that comes to it; gives the major version by database. */
async function requireFit(
  { source, freeBytes = readServerFreeBytes }: StageRequest,
  homes: readonly Home[],
): Promise<Record<string, number>> {
  const majors: Record<string, number> = {};
  for (const { server, name } of homes) {
    const database = databaseIn(source, name);
    const major = Math.floor((await readServerVersion(server)) / 10_000);
    const needed = Math.floor(database.serverVersion / 10_000);
    if (major < needed)
      throw rehearsalError('rehearsal_server_older', {
        message: `the bundle is of PostgreSQL ${needed}, and ${server.label} is PostgreSQL ${major}`,
        hint: `Set REHEARSAL_DATABASE_URL to a role that may make databases on a server of PostgreSQL ${needed}.`,
        details: { found: major, expected: needed },
      });
    majors[name] = major;
    const together = homes.filter((home) => addressOf(home.server) === addressOf(server));
    const databases = together.map((home) => databaseIn(source, home.name));
    requireRoom(databases, await freeBytes(server), server.label);
  }
  return majors;
}

/** Without the database. */
function addressOf({ label }: ServerSession): string {
  return label.slice(label.indexOf('@'), label.lastIndexOf('/'));
}

/** The restored databases, and as much again: a migration may write every row anew, and its log beside it. */
function requireRoom(databases: readonly BundleDatabase[], freeBytes: number | null, label: string): void {
  const needed = 2 * spaceFor(databases);
  if (freeBytes === null || freeBytes >= needed) return;
  throw rehearsalError('rehearsal_no_space', {
    message: `${label} has ${megabytes(freeBytes)} MB free, and a rehearsal of ${databases.map(({ name }) => name).join(', ')} takes up to ${megabytes(needed)} MB`,
    hint: 'Free space on the disk of that server, or rehearse on another one: set REHEARSAL_DATABASE_URL to a role that may make databases there.',
    details: { freeBytes, neededBytes: needed },
  });
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}

async function fill(request: StageRequest, scratch: Scratch): Promise<void> {
  const { names, source, engines, unseal, signal, onProgress } = request;
  for (const name of names) {
    const phase = `restoring ${name}`;
    const database = databaseIn(source, name);
    const total = database.file.bytes;
    onProgress({ phase });
    const onBytes = (_: DatabaseName, done: number): void => onProgress({ phase, bytes: { done, total } });
    await reloadDatabase({ source, engines, unseal, signal, onBytes }, database, scratch.urlOf(name));
    onProgress({ phase: `settling ${name}` });
    await settle(name, scratch.urlOf(name), signal);
  }
}

/**
 * Brings restored tables into the state in which autovacuum keeps live ones, and lets commits wait for the disk as they do
 * there: a migration would otherwise be measured while it does the work of the first vacuum.
 */
async function settle(name: DatabaseName, url: Secret, signal: AbortSignal): Promise<void> {
  await using session = await openServer(name, url);
  const end = (): void => void session.client.connection.stream.destroy();
  signal.addEventListener('abort', end);
  try {
    await session.query('vacuum (analyze)');
    // A bundle is brought back without rights; the migrator gives this one itself, and says so wherever it is missing.
    await session.query(ledgerGrantsSql);
    // Not for every role; without it the log of a migration may be a little larger than it would be.
    await session.query('checkpoint').catch(() => undefined);
    const [row] = await session.query<{ database: string }>('select pg_catalog.current_database() as database');
    await session.query(`alter database "${row?.database ?? ''}" reset synchronous_commit`);
  } finally {
    signal.removeEventListener('abort', end);
    signal.throwIfAborted();
  }
}

function databaseIn({ manifest }: BundleSource, name: DatabaseName): BundleDatabase {
  const found = manifest.databases.find((database) => database.name === name);
  if (found === undefined) throw new TypeError(`bundle ${manifest.id} has no ${name}`);
  return found;
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

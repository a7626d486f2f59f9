import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Secret } from '../../src/base/index.ts';
import { launchPostgres } from '../../src/embedded/index.ts';
import { chooseAccount } from '../../src/embedded/postgres/account.ts';
import { spawnWithLifeline } from '../../src/embedded/postgres/lifeline.ts';
import { runAs } from '../../src/embedded/postgres/run-as.ts';
import { exitOf } from '../../src/embedded/processes.ts';
import { connect } from '../../src/postgres/index.ts';
import { quickestFolder } from './scratch-folder.ts';
import { waitFor } from './wait-for.ts';

/** A throw-away server of one test file, that it may also kill. */
export interface TestServer extends AsyncDisposable {
  /** Where its files are; its socket lies in it as well. */
  readonly folder: string;
  /** As the superuser. */
  url(database: string): Secret;
  query(database: string, text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Makes an empty database of a new name and gives that. */
  createDatabase(): Promise<string>;
  /** SIGKILL to the server; resolves when it is gone. */
  kill(): Promise<void>;
}

/** A kind of server that can be had on this machine. */
export interface ServerKind {
  readonly label: string;
  readonly major: number;
  /** Of its programs; undefined for the one that npm brings. */
  readonly bin?: string;
  start(options?: ServerOptions): Promise<TestServer>;
}

export interface ServerOptions {
  /** Where its folder is made; default in memory if the machine has enough. */
  readonly under?: string;
  /** `name=value` each. Default: nothing is safe from a crash. */
  readonly settings?: readonly string[];
  /** How the files of an installed server are made; default anew. */
  readonly make?: MakeCluster;
}

/** Makes the files of a server in `cluster`; `run` starts one of its programs, as its account. */
export type MakeCluster = (
  cluster: string,
  run: (program: string, args: readonly string[]) => Promise<void>,
) => Promise<void>;

/** An empty one. */
export const newCluster: MakeCluster = async (cluster, run) =>
  await run('initdb', ['-D', cluster, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']);

/** A copy that follows another server. */
export function standbyOf(primary: TestServer): MakeCluster {
  const from = ['-h', primary.folder, '-p', '5432', '-U', 'postgres'];
  return async (cluster, run) =>
    await run('pg_basebackup', [...from, '-D', cluster, '-R', '-c', 'fast', '--no-sync', '--no-manifest']);
}

/** One whose next transaction has this number, as after years. A multiple of 32,768: there the log of transactions begins a page. */
export function agedCluster(nextTransaction: number): MakeCluster {
  return async (cluster, run) => {
    await newCluster(cluster, run);
    await run('pg_resetwal', ['-x', String(nextTransaction), '-D', cluster]);
  };
}

/** A primary and a standby that follows it; the installed server, as the one from npm cannot be copied while it runs. */
export async function startPair(): Promise<
  { readonly primary: TestServer; readonly standby: TestServer } & AsyncDisposable
> {
  const [kind] = serverKinds();
  if (kind?.bin === undefined) throw new Error('install it: apt-get install postgresql');
  await using started = new AsyncDisposableStack();
  const primary = started.use(await kind.start());
  const standby = started.use(await kind.start({ make: standbyOf(primary) }));
  const owned = started.move();
  return { primary, standby, [Symbol.asyncDispose]: async () => await owned.disposeAsync() };
}

/** Of installed servers, in this order; `folders` may be others' too, or none's. */
export function urlOfSeveral(
  folders: readonly string[],
  database: string,
  more: { user?: string; query?: string } = {},
): Secret {
  const { user = 'postgres:hunter2', query = '' } = more;
  return new Secret(`postgres://${user}@/${database}?host=${folders.join(',')}&port=5432${query}`);
}

const careless = ['fsync=off', 'autovacuum=off'];

const debianRoot = '/usr/lib/postgresql';

/** The server that npm brings, and those that the system's packages have installed. */
export function serverKinds(): readonly ServerKind[] {
  const majors = existsSync(debianRoot) ? readdirSync(debianRoot).map(Number).filter(Number.isInteger) : [];
  const installed = majors
    .filter((major) => existsSync(join(debianRoot, String(major), 'bin/initdb')))
    .sort((left, right) => left - right)
    .map((major) => {
      const bin = join(debianRoot, String(major), 'bin');
      const start: ServerKind['start'] = async (options) => await startInstalled(bin, options);
      return { label: `PostgreSQL ${major} (installed)`, major, bin, start };
    });
  return [...installed, { label: 'PostgreSQL 18 (embedded)', major: 18, start: startEmbedded }];
}

async function startEmbedded({ under, settings = careless }: ServerOptions = {}): Promise<TestServer> {
  const folder = await serverFolder(under);
  const postgres = await launchPostgres({
    home: join(folder, 'postgres'),
    superuserPassword: new Secret(randomBytes(12).toString('hex')),
    durable: settings !== careless,
    settings: Object.fromEntries(settings.map((setting) => setting.split('=', 2) as [string, string])),
  });
  return serverAt(folder, {
    url: (database) => postgres.superuserUrl(database),
    kill: async () => {
      process.kill(postgres.pid, 'SIGKILL');
      await postgres.gone;
    },
    stop: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

/** The programs are run as the product runs its own: as an ordinary account, and gone when this process is. */
async function startInstalled(
  bin: string,
  { under, settings = careless, make = newCluster }: ServerOptions = {},
): Promise<TestServer> {
  const folder = await serverFolder(under);
  const account = await chooseAccount(folder);
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  const cluster = join(folder, 'cluster');
  await make(cluster, async (program, args) => {
    const made = await runAs(account, [join(bin, program), ...args]);
    if (made.code !== 0) throw new Error(`${program}: ${made.output}`);
  });
  // A server that is killed would leave its shared memory behind in /dev/shm.
  const own = ['listen_addresses=', `unix_socket_directories=${folder}`, 'dynamic_shared_memory_type=mmap'];
  const all = [...settings, ...own];
  const words = ['-D', cluster, ...all.flatMap((setting) => ['-c', setting])];
  const log = await open(join(folder, 'postgres.log'), 'a');
  const server = spawnWithLifeline([join(bin, 'postgres'), ...words], account, log.fd);
  await log.close();
  const gone = exitOf(server.shell);
  const pid = await server.pid;
  const running = serverAt(folder, {
    url: (database) => new Secret(`postgres://postgres@localhost:5432/${database}?host=${folder}`),
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      await gone;
    },
    stop: async () => {
      server.release();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  });
  await waitFor(async () => (await running.query('postgres', 'select 1')).length === 1, {
    what: 'the server to take connections',
    timeoutMs: 30_000,
  });
  return running;
}

/** One that the server's account can pass through, named so that the next run removes it should this one be killed. */
async function serverFolder(under?: string): Promise<string> {
  const folder = await mkdtemp(join(under ?? (await quickestFolder()), `plimsoll-test-${process.pid}-`));
  await chmod(folder, 0o711);
  return folder;
}

interface ServerParts {
  url(database: string): Secret;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

function serverAt(folder: string, parts: ServerParts): TestServer {
  const query: TestServer['query'] = async (database, text, values = []) => {
    const client = await connect({
      name: 'test',
      url: parts.url(database),
      applicationName: 'plimsoll test',
      connectTimeoutMs: 10_000,
    });
    try {
      const result = await client.query<Record<string, unknown>>(text, [...values]);
      // Several statements in one text give an array of results.
      const last = Array.isArray(result) ? (result as (typeof result)[]).at(-1) : result;
      return last?.rows ?? [];
    } finally {
      await client.end();
    }
  };
  return {
    folder,
    url: (database) => parts.url(database),
    query,
    createDatabase: async () => {
      const name = `t${randomBytes(6).toString('hex')}`;
      await query('postgres', `create database ${name}`);
      return name;
    },
    kill: async () => await parts.kill(),
    [Symbol.asyncDispose]: async () => await parts.stop(),
  };
}

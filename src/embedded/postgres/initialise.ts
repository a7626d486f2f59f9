import { readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '../../base/index.ts';
import { codeOf } from '../../postgres/index.ts';
import { embeddedError } from '../errors.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { diskFull, homeError, type ClusterHome } from './home.ts';
import { runAs } from './run-as.ts';

/** The role that initdb creates. */
export const superuser = 'postgres';

export interface InitialiseOptions {
  readonly home: ClusterHome;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly superuserPassword: Secret;
  /** False skips the fsyncs, for clusters that a test throws away. */
  readonly durable: boolean;
}

/**
 * Makes the cluster unless it is there. initdb works in a sibling that is renamed when it is whole, so a start that
 * is killed half-way leaves nothing that looks like a cluster. Gives whether a new one was made.
 */
export async function initialiseCluster(options: InitialiseOptions): Promise<boolean> {
  const { home, binaries } = options;
  const found = await readClusterMajor(home.cluster);
  if (found === binaries.major) return false;
  if (found !== undefined) throw versionMismatch(home, found, binaries.major);
  await removeUnfinished(home);
  const unfinished = join(home.directory, `cluster.unfinished-${process.pid}`);
  const end = await runInitdb(options, unfinished);
  if (end.code !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    throw initdbFailed(home, end.output);
  }
  await rename(unfinished, home.cluster);
  return true;
}

/** The builtin C.UTF-8 locale keeps index order independent of the machine's C library. */
async function runInitdb(options: InitialiseOptions, target: string): Promise<{ code: number | null; output: string }> {
  const flags = [
    `--pgdata=${target}`,
    `--username=${superuser}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(options.durable ? [] : ['--no-sync']),
  ];
  // initdb wants the password as a file it can open: a shell's pipe is one, and leaves nothing on the disk.
  // (Node's own pipe would not do: it is a socket, which cannot be opened by its /dev/fd name.)
  const script = 'cat | "$@" --pwfile=/dev/stdin';
  const command = ['/bin/sh', '-c', script, 'sh', options.binaries.initdb, ...flags] as const;
  return await runAs(options.account, [...command], `${options.superuserPassword.reveal()}\n`);
}

async function readClusterMajor(cluster: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(join(cluster, 'PG_VERSION'), 'utf8'), 10);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw homeError(cluster, error);
  }
}

/** The initdb of a start that was killed may still be writing there for a moment: it ends when its files are gone. */
async function removeUnfinished(home: ClusterHome): Promise<void> {
  const left = (await readdir(home.directory)).filter((name) => name.startsWith('cluster.unfinished-'));
  const persistent = { recursive: true, force: true, maxRetries: 20, retryDelay: 20 };
  await Promise.all(left.map(async (name) => await rm(join(home.directory, name), persistent)));
}

function versionMismatch(home: ClusterHome, found: number, wanted: number): Error {
  return embeddedError('embedded_version_mismatch', {
    message: `${home.cluster} was written by Postgres ${found}; this release brings Postgres ${wanted}`,
    hint: `Start the release that wrote it and move its data through a backup, or set DATA_DIR to a new folder.`,
    details: { found, expected: wanted },
  });
}

function initdbFailed(home: ClusterHome, output: string): Error {
  if (/No space left on device/.test(output)) return diskFull(home.directory, output);
  return embeddedError('embedded_initdb_failed', {
    message: `initdb could not make a cluster in ${home.directory}: ${output.split('\n').at(-1) ?? 'it said nothing'}`,
    hint: 'Mend what it names, or set DATA_DIR to another folder, and start again.',
    details: { output },
  });
}

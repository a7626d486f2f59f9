import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../postgres/index.ts';
import { messageOf, type AppError } from '../../base/index.ts';
import { embeddedError } from '../errors.ts';
import { withFolder } from '../files.ts';
import type { Account } from './account.ts';

/** The port number is part of the socket's file name only; nothing listens on TCP. */
export const socketPort = 5432;

/** Where one cluster keeps its things; all of them belong to its account, mode 0700. */
export interface ClusterHome {
  readonly directory: string;
  /** PGDATA. */
  readonly cluster: string;
  readonly socketDir: string;
  readonly logFile: string;
}

/** Works out the folders below `directory` (absolute). */
export function homeAt(directory: string): ClusterHome {
  return {
    directory,
    cluster: join(directory, 'cluster'),
    socketDir: socketDirFor(directory),
    logFile: join(directory, 'postgres.log'),
  };
}

/** The kernel caps a socket path at 107 bytes (103 on macOS), so a deep home gets a short folder in /tmp instead. */
function socketDirFor(directory: string): string {
  const near = join(directory, 'run');
  const limit = process.platform === 'darwin' ? 103 : 107;
  if (Buffer.byteLength(join(near, `.s.PGSQL.${socketPort}`)) <= limit) return near;
  return join('/tmp', `plimsoll-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`);
}

/** Creates the folders, private to the account. Throws `embedded_home_unusable` or `embedded_disk_full`. */
export async function prepareHome(home: ClusterHome, account: Account | undefined): Promise<void> {
  try {
    await mkdir(home.directory, { recursive: true });
    await makePrivate(home.directory, account);
    await mkdir(home.socketDir).catch(ignoreExisting);
    await makePrivate(home.socketDir, account);
  } catch (error) {
    throw homeError(home.directory, error);
  }
}

/** Removes the socket folder when it is not inside the home; it holds nothing once the server has stopped. */
export async function removeSocketDir(home: ClusterHome): Promise<void> {
  if (!home.socketDir.startsWith(home.directory)) await rm(home.socketDir, { recursive: true, force: true });
}

/** A folder somebody else made under our name (in /tmp anybody can) is refused, never taken over. */
async function makePrivate(path: string, account: Account | undefined): Promise<void> {
  const self = process.getuid?.() ?? 0;
  await withFolder(path, async (folder) => {
    const { uid } = await folder.stat();
    if (uid !== self && uid !== account?.uid) throw new Error(`${path} belongs to uid ${uid}`);
    if (account !== undefined) await folder.chown(account.uid, account.gid);
    await folder.chmod(0o700);
  });
}

function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}

/** The named error for a folder of the cluster that could not be used. */
export function homeError(directory: string, error: unknown): AppError {
  const full = codeOf(error) === 'ENOSPC' || /No space left on device/.test(messageOf(error));
  if (full) return diskFull(directory, error);
  return embeddedError('embedded_home_unusable', {
    message: `cannot use ${directory} for the embedded Postgres: ${messageOf(error)}`,
    hint: 'Set DATA_DIR to a folder that you own on a local disk, and start again.',
    cause: error,
  });
}

/** The named error for a full disk, however Postgres or the system reported it. */
export function diskFull(directory: string, cause: unknown): AppError {
  return embeddedError('embedded_disk_full', {
    message: `the disk that holds ${directory} is full`,
    hint: 'Free at least 200 MB there, or set DATA_DIR to a folder on another disk, and start again.',
    cause,
  });
}

import { readFile, statfs } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { BundleDatabase } from '../../contract/index.ts';
import { hostReached } from '../../postgres/index.ts';
import { reloadError } from './errors.ts';
import type { ServerSession } from './server.ts';

/**
 * Free bytes on the disk of a database server, or null: Postgres does not tell, so that it is known only of a server on
 * this machine whose data folder this process may look at.
 */
export async function readFreeBytes({ client, query }: ServerSession): Promise<number | null> {
  const { name, port } = hostReached(client);
  const socketDir = name.startsWith('/') ? name : undefined;
  if (socketDir === undefined && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(name)) return null;
  const told = await query<{ dir: string }>("select pg_catalog.current_setting('data_directory') as dir")
    .then(([row]) => row?.dir)
    // Not for every role.
    .catch(() => undefined);
  const folder = told ?? (socketDir === undefined ? undefined : await dataFolderBehind(socketDir, port));
  if (folder === undefined || !isAbsolute(folder)) return null;
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Throws `reload_no_space` when it is known that the databases of a bundle do not fit. */
export function requireSpace(databases: readonly BundleDatabase[], freeBytes: number | null, label: string): void {
  if (freeBytes === null) return;
  const needed = spaceFor(databases);
  if (freeBytes >= needed) return;
  throw reloadError('reload_no_space', {
    message: `${label} has ${megabytes(freeBytes)} MB free, and ${databases.map(({ name }) => name).join(', ')} take about ${megabytes(needed)} MB`,
    hint: 'Free space on the disk of that server, then try again.',
    details: { freeBytes, neededBytes: needed },
  });
}

/** As large as they were, with room for the write-ahead log of loading them. */
export function spaceFor(databases: readonly BundleDatabase[]): number {
  const bytes = databases.reduce((sum, { databaseBytes }) => sum + databaseBytes, 0);
  return Math.ceil(bytes * 1.25) + 64 * 1024 * 1024;
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}

/** The lock file of a socket names the data folder in its second line. Source: PostgreSQL, storage-file-layout, `postmaster.pid`. */
async function dataFolderBehind(socketDir: string, port: string): Promise<string | undefined> {
  const text = await readFile(join(socketDir, `.s.PGSQL.${port}.lock`), 'utf8').catch(() => '');
  return text.split('\n')[1];
}

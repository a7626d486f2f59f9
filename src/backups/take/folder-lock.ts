import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, makeFolders, messageOf } from '../../base/index.ts';
import { takeError } from './errors.ts';
import { describeHolder, type LockHolder } from './holder.ts';

const lockName = 'lock';
const holderName = 'lock.json';

/**
 * Takes the folder of the bundles for this process. Node has no lock that the kernel lets go of when a process dies, and
 * SQLite has: its exclusive lock on an empty file. Ids of processes would not do, since containers that share a volume
 * do not share them. Throws `backup_busy` and `backup_folder_unusable`.
 */
export async function lockFolder(folder: string, holder: LockHolder): Promise<AsyncDisposable> {
  try {
    await makeFolders(folder, 0o700);
    const release = await tryLock(join(folder, lockName));
    if (release === undefined) throw busy(await readHolder(folder));
    // Only for people: what counts is the lock itself.
    await writeFile(join(folder, holderName), `${JSON.stringify(holder)}\n`, { mode: 0o600 }).catch(() => undefined);
    return { [Symbol.asyncDispose]: async () => await Promise.resolve(release()) };
  } catch (error) {
    throw error instanceof AppError ? error : unusable(folder, error);
  }
}

/** Undefined: another process has it. */
async function tryLock(path: string): Promise<(() => void) | undefined> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('begin exclusive');
    return () => database.close();
  } catch (error) {
    database.close();
    if (messageOf(error).includes('database is locked')) return undefined;
    throw error;
  }
}

async function readHolder(folder: string): Promise<string> {
  try {
    return describeHolder(JSON.parse(await readFile(join(folder, holderName), 'utf8')) as LockHolder);
  } catch {
    return 'another process is at work';
  }
}

function busy(who: string): AppError {
  return takeError('backup_busy', {
    message: `the backups are in use: ${who}`,
    hint: 'Wait until it has ended, or cancel it where it runs.',
    details: { holder: who },
  });
}

/** The error that says why BACKUP_DIR cannot be worked in. */
export function unusable(folder: string, cause: unknown): AppError {
  return takeError('backup_folder_unusable', {
    message: `BACKUP_DIR ${folder} cannot be used: ${messageOf(cause)}`,
    hint: 'Give the account of the backup service that folder, or set BACKUP_DIR to another one.',
    cause,
  });
}

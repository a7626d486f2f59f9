import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, makeFolders, messageOf } from '../../base/index.ts';
import { lockError } from './errors.ts';
import { lockFile } from './file-lock.ts';
import { describeHolder, readHolder, type LockHolder } from './holder.ts';

const lockName = 'lock';
const holderName = 'lock.json';

/** Takes a folder for this process, made if it is not there. Throws `backup_busy`, naming who has it, and `backup_folder_unusable`. */
export async function lockFolder(folder: string, holder: LockHolder): Promise<AsyncDisposable> {
  try {
    await makeFolders(folder, 0o700);
  } catch (error) {
    throw unusable(folder, error);
  }
  return await lockExistingFolder(folder, holder);
}

/** As `lockFolder`, for whoever only reads: a folder that is not there may lie on a disk that is not mounted. */
export async function lockExistingFolder(folder: string, holder: LockHolder): Promise<AsyncDisposable> {
  try {
    const release = await lockFile(join(folder, lockName), 'exclusive');
    if (release === undefined) throw busy(await holderOfFolder(folder));
    // Only for people: what counts is the lock itself.
    await writeFile(join(folder, holderName), `${JSON.stringify(holder)}\n`, { mode: 0o600 }).catch(() => undefined);
    return { [Symbol.asyncDispose]: async () => await Promise.resolve(release()) };
  } catch (error) {
    throw error instanceof AppError ? error : unusable(folder, error);
  }
}

async function holderOfFolder(folder: string): Promise<string> {
  const holder = readHolder(await readFile(join(folder, holderName), 'utf8').catch(() => ''));
  return holder === undefined ? 'another process is at work' : describeHolder(holder);
}

function busy(who: string): AppError {
  return lockError('backup_busy', {
    message: `the backups are in use: ${who}`,
    hint: 'Wait until it has ended, or cancel it where it runs.',
    details: { holder: who },
  });
}

/** The error that says why BACKUP_DIR cannot be worked in. */
export function unusable(folder: string, cause: unknown): AppError {
  return lockError('backup_folder_unusable', {
    message: `BACKUP_DIR ${folder} cannot be used: ${messageOf(cause)}`,
    hint: 'Give the account of the backup service that folder, or set BACKUP_DIR to another one.',
    cause,
  });
}

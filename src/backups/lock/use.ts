import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, hasCode, systemCodeOf } from '../../base/index.ts';
import { isBundleId } from '../layout.ts';
import { lockError } from './errors.ts';
import { lockFile } from './file-lock.ts';
import { unusable } from './folder-lock.ts';
import { describeHolder, readHolder, type LockHolder } from './holder.ts';

/** A bundle that is used, or was claimed to be deleted, until this is disposed. */
export type BundleHold = AsyncDisposable;

/**
 * Says that somebody reads a bundle, whichever process that is: until it is let go of, nobody who shares BACKUP_DIR deletes
 * it. Any number may use one at a time. Throws `bundle_in_use` while it is being deleted, and `backup_folder_unusable`.
 */
export async function useBundle(folder: string, id: string, holder: LockHolder): Promise<BundleHold> {
  const path = await placeOf(folder, id);
  const release = await locked(folder, path, 'shared');
  if (release === undefined) throw beingDeleted(id);
  // Only for people: what counts is the lock itself. Of several the last one is named.
  await writeFile(`${path}.json`, `${JSON.stringify(holder)}\n`, { mode: 0o600 }).catch(() => undefined);
  return { [Symbol.asyncDispose]: async () => await Promise.resolve(release()) };
}

/** As `useBundle`; a folder that cannot be written is told, and hinders nobody who only reads. */
export async function useIfPossible(
  folder: string,
  id: string,
  terms: { readonly holder: LockHolder; readonly onUnlocked: (error: AppError) => void },
): Promise<BundleHold | undefined> {
  try {
    return await useBundle(folder, id, terms.holder);
  } catch (error) {
    if (!hasCode(error, 'backup_folder_unusable')) throw error;
    terms.onUnlocked(error);
    return undefined;
  }
}

/** Takes a bundle for deletion: nobody begins to use it meanwhile. Throws `bundle_in_use`, naming who uses it. */
export async function claimBundle(folder: string, id: string): Promise<BundleHold> {
  const path = await placeOf(folder, id);
  const release = await locked(folder, path, 'exclusive');
  if (release === undefined) throw await inUse(id, path);
  return {
    [Symbol.asyncDispose]: async () => {
      // While it is locked: whoever opened it before finds the bundle gone.
      for (const name of [path, `${path}.json`]) await rm(name, { force: true }).catch(() => undefined);
      release();
    },
  };
}

async function placeOf(folder: string, id: string): Promise<string> {
  if (!isBundleId(id)) throw new TypeError(`${JSON.stringify(id.slice(0, 100))} is not the id of a bundle`);
  const uses = join(folder, 'uses');
  try {
    // Not with what is above it: without that the disk is not there.
    await mkdir(uses, { mode: 0o700 });
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw unusable(folder, error);
  }
  return join(uses, id);
}

async function locked(folder: string, path: string, kind: 'shared' | 'exclusive') {
  try {
    return await lockFile(path, kind);
  } catch (error) {
    throw error instanceof AppError ? error : unusable(folder, error);
  }
}

async function inUse(id: string, path: string): Promise<AppError> {
  const holder = readHolder(await readFile(`${path}.json`, 'utf8').catch(() => ''));
  const who = holder === undefined ? 'another process' : describeHolder(holder);
  return lockError('bundle_in_use', {
    message: `the bundle ${id} is in use, at last for ${who}`,
    hint: 'Wait until that has ended, or end it there, then try again.',
    details: { holder: who },
  });
}

function beingDeleted(id: string): AppError {
  return lockError('bundle_in_use', {
    message: `the bundle ${id} is being deleted`,
    hint: 'Choose another bundle: `plimsoll backup list`.',
  });
}

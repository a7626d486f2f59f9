import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { codeOf } from '../postgres/index.ts';

// Root keeps things in folders that belong to the account of Postgres. A link that this account puts in the place of
// one must not lead root to a file of its own: nothing here follows links.

/** The text of a file; undefined if there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Opens a file to append to it, making it with mode 0600 if it is missing. */
export async function openToAppend(path: string): Promise<FileHandle> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  return await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
}

/** Works on the folder itself that is at `path` now, whatever is put in its place meanwhile. */
export async function withFolder<T>(path: string, work: (folder: FileHandle) => Promise<T>): Promise<T> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const folder = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    return await work(folder);
  } finally {
    await folder.close();
  }
}

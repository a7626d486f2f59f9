import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemCodeOf } from './system-error.ts';

/**
 * Makes a folder and those above it that are missing; gives whether it had to be made. In place of Node's `recursive`,
 * which never ends where a file system answers ENOENT to every mkdir (procfs): here each one is tried once.
 */
export async function makeFolders(path: string, mode: number): Promise<boolean> {
  const missing = await missingFolders(resolve(path));
  for (const folder of missing) await makeFolder(folder, mode);
  return missing.length > 0;
}

/** The topmost first. */
async function missingFolders(path: string): Promise<string[]> {
  if (await isFolder(path)) return [];
  return [...(await missingFolders(dirname(path))), path];
}

/** Somebody else may make it in the same moment. */
async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST' || !(await isFolder(path))) throw error;
  }
}

/** False when nothing is there; throws when it is something else than a folder. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
  throw Object.assign(new Error(`${path} is a file, expected a folder`), { code: 'ENOTDIR' });
}

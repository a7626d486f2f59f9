import { statfs } from 'node:fs/promises';

/** Free bytes of the file system that holds a folder, as an ordinary user may use them; undefined when it is not on this machine. */
export async function readFreeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

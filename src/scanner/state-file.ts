import { open, rename, unlink } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';

/** Names of files that were being written when the process ended; whoever opens the folder removes them. */
export const temporaryPrefix = '.writing-';

/**
 * Writes a file so that a reader finds the old text or the new one, whenever the machine stops: under another name,
 * to the disk, then renamed. Only the owner can read it.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix}${basename(path)}`);
  try {
    await writeAndSync(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeAndSync(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without this the rename itself may be forgotten by a machine that loses its power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

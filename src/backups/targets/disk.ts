import { constants, createReadStream } from 'node:fs';
import { link, open, type FileHandle } from 'node:fs/promises';

/** The effects by which bytes reach the disk; tests let them fail at any byte. */
export interface Disk {
  /** A new file, mode 0600; it never follows a link nor writes over what is there. */
  create(path: string): Promise<DiskFile>;
  /** A second name for the same bytes. */
  link(from: string, to: string): Promise<void>;
}

export interface DiskFile {
  write(chunk: Buffer): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const realDisk: Disk = {
  create: async (path) => {
    const file = await open(path, 'wx', 0o600);
    return {
      write: (chunk) => file.writeFile(chunk),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  link,
};

/** Makes what was done with the names in a folder outlive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Opens what is a regular file itself, not a link to one. */
export async function openRegular(path: string): Promise<FileHandle | undefined> {
  // Without O_NONBLOCK the opening of a pipe would wait for its other end.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}

export interface CopyTerms {
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Copies one file and syncs the copy. */
export async function copySynced(disk: Disk, from: string, to: string, terms: CopyTerms): Promise<void> {
  const source = createReadStream(from, { highWaterMark: 1 << 20 });
  const file = await disk.create(to);
  try {
    for await (const chunk of source) {
      terms.signal.throwIfAborted();
      await file.write(chunk as Buffer);
      terms.onBytes((chunk as Buffer).length);
    }
    await file.sync();
  } finally {
    source.destroy();
    await file.close();
  }
}

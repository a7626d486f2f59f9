import { execFile } from 'node:child_process';
import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chooseAccount } from '../../src/embedded/postgres/account.ts';
import { scratchFolder } from './scratch-folder.ts';

/** A folder on a disk of a few megabytes, that a database server may write to. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Free bytes of the disk that holds a folder. */
  readonly freeBytes: (folder: string) => Promise<number>;
}

const run = promisify(execFile);

/** A file system of its own where this process may mount one; elsewhere a folder whose files are counted against the size. */
export async function smallDisk(bytes: number): Promise<SmallDisk> {
  const owner = await chooseAccount('');
  const scratch = await scratchFolder({ owner });
  const { path } = scratch;
  const mine = owner === undefined ? '' : `,uid=${owner.uid},gid=${owner.gid}`;
  const options = `size=${bytes},mode=700${mine}`;
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]).then(
    () => true,
    () => false,
  );
  const freeBytes = async (folder: string): Promise<number> => {
    if (!isMounted && folder === path) return bytes - (await sizeOf(path));
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  };
  return {
    path,
    freeBytes,
    [Symbol.asyncDispose]: async () => {
      if (isMounted) await run('umount', ['-l', path]);
      await scratch[Symbol.asyncDispose]();
    },
  };
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => await stat(join(folder, name))));
  return sizes.reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
}

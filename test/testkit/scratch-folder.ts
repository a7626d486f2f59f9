import { chmod, chown, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one test; removed when disposed. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

export interface ScratchOptions {
  /** Whose it is; default whoever runs the tests. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** Programs are going to be run from it. */
  readonly executable?: boolean;
  /** It must not be in memory, though the machine may have it. */
  readonly onDisk?: boolean;
}

/** Makes a folder that every account can pass through. */
export async function scratchFolder(options: ScratchOptions = {}): Promise<ScratchFolder> {
  const { owner, executable = false, onDisk = false } = options;
  const path = await mkdtemp(join(executable || onDisk ? tmpdir() : await quickestFolder(), 'plimsoll-scratch-'));
  await chmod(path, 0o711);
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true }) };
}

const tmpfsMagic = 0x01021994;
const roomNeededBytes = 2_000_000_000;

/** Memory, if the machine has a roomy /dev/shm (a container often has 64 MB only, and mounts it noexec). */
export async function quickestFolder(): Promise<string> {
  const found = await statfs('/dev/shm').catch(() => undefined);
  const fits = found?.type === tmpfsMagic && found.bavail * found.bsize > roomNeededBytes;
  return fits ? '/dev/shm' : tmpdir();
}

import { randomBytes } from 'node:crypto';
import { lstat, readdir, rename, rm, rmdir, statfs, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { makeFolders } from '../../base/index.ts';
import type { RetentionPolicy } from '../../contract/index.ts';
import { codeOf } from '../../postgres/index.ts';
import { bundlesPrefix, isBundleId, isSafeKey, unfinishedPrefix } from '../layout.ts';
import type { BackupTarget, Receipt, StoredObject, TransferTerms } from '../types.ts';
import { nameDiskFailure } from './disk-failure.ts';
import { openRegular, realDisk, syncFolder, type Disk } from './disk.ts';
import { objectMissing, unsafeKey } from './errors.ts';
import { publishFolder } from './publish-folder.ts';

export interface DirectoryOptions {
  readonly name: string;
  /** Made, with mode 0700, when a bundle is first written into it. */
  readonly root: string;
  readonly retention: RetentionPolicy;
  readonly disk?: Disk;
}

/** Bundles in a folder of this machine, or of one that is mounted. */
export class DirectoryTarget implements BackupTarget {
  readonly kind = 'directory';
  readonly name: string;
  readonly location: string;
  readonly retention: RetentionPolicy;
  readonly #root: string;
  readonly #disk: Disk;

  constructor({ name, root, retention, disk = realDisk }: DirectoryOptions) {
    this.name = name;
    this.#root = resolve(root);
    this.location = this.#root;
    this.retention = retention;
    this.#disk = disk;
  }

  async create(): Promise<void> {
    await this.#named(() => makeFolders(this.#root, 0o700));
  }

  /** A new, empty folder for the files of a bundle that is being taken; swept at the next start if it is left. */
  async makeWorkFolder(name: string): Promise<string> {
    const folder = this.#path(`${unfinishedPrefix}${name}`);
    await this.#named(() => makeFolders(folder, 0o700));
    return folder;
  }

  /** Where the files of a bundle lie, for whoever copies it elsewhere. */
  bundleFolder(id: string): string {
    return this.#path(`${bundlesPrefix}${id}`);
  }

  async list(prefix: string, signal?: AbortSignal): Promise<StoredObject[]> {
    const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    return await this.#named(async () => {
      await lstat(this.#root);
      const found: StoredObject[] = [];
      for await (const object of this.#walk(start, signal)) if (object.key.startsWith(prefix)) found.push(object);
      return found.sort((left, right) => (left.key < right.key ? -1 : 1));
    });
  }

  async read(key: string, range?: { readonly start: number; readonly end: number }): Promise<Readable> {
    const path = this.#path(key);
    return await this.#named(async () => {
      await this.#requireNoLinks(key);
      const file = await openIfThere(path);
      if (file === 'missing') throw this.#missing(key, await isThere(this.#root));
      if (file === undefined) throw unsafeKey(this.name, key);
      return file.createReadStream({ highWaterMark: 1 << 20, ...range });
    });
  }

  async put(key: string, content: Buffer): Promise<void> {
    const path = this.#path(key);
    await this.#named(async () => {
      // A record is never the first thing in a place: without its root the disk is not there.
      await lstat(this.#root);
      await makeFolders(dirname(path), 0o700);
      await this.#requireNoLinks(key);
      await this.#putSynced(path, content);
    });
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#named(async () => {
      await this.#requireNoLinks(key);
      if (!(await isThere(path))) return;
      await unlink(path);
      await syncFolder(dirname(path));
      if (key.split('/').length > 2) await removeIfEmpty(dirname(path));
    });
  }

  /** What the disk was given is only in memory as yet: that it is on the disk is for reading back. */
  async publish(folder: string, id: string, terms: TransferTerms): Promise<Receipt> {
    const bundles = this.#path('bundles');
    const incoming = this.#path('incoming');
    if (!isBundleId(id)) throw unsafeKey(this.name, id);
    await this.#named(async () => {
      await makeFolders(bundles, 0o700);
      await makeFolders(incoming, 0o700);
      await publishFolder({ disk: this.#disk, folder, id, incoming, bundles, terms });
    });
    return { confirmed: false };
  }

  async removeBundle(id: string): Promise<void> {
    if (!isBundleId(id)) throw unsafeKey(this.name, id);
    const path = this.#path(`${bundlesPrefix}${id}`);
    const aside = this.#path(`${unfinishedPrefix}${id}.${randomBytes(4).toString('hex')}`);
    await this.#named(async () => {
      if (!(await isThere(path))) return;
      await makeFolders(dirname(aside), 0o700);
      await rename(path, aside);
      await syncFolder(dirname(path));
      await rm(aside, { recursive: true, force: true });
    });
  }

  async sweep(): Promise<string[]> {
    const incoming = this.#path('incoming');
    return await this.#named(async () => {
      // Small objects that were being written beside their places; there is nothing to tell of them.
      for await (const { key } of this.#walk('', undefined))
        if (key.endsWith('.tmp') && !key.startsWith(bundlesPrefix)) await rm(join(this.#root, key), { force: true });
      if (!(await isThere(incoming))) return [];
      const names = (await readdir(incoming)).sort();
      for (const name of names) await rm(join(incoming, name), { recursive: true, force: true });
      return names.map(
        (name) =>
          `Removed ${name} from ${this.name}: a bundle that was being written or removed when the service was stopped.`,
      );
    });
  }

  async freeBytes(): Promise<number | null> {
    return await this.#named(async () => {
      const { bavail, bsize } = await statfs(this.#root);
      return bavail * bsize;
    });
  }

  async *#walk(prefix: string, signal: AbortSignal | undefined): AsyncGenerator<StoredObject> {
    for (const entry of await entriesOf(join(this.#root, prefix))) {
      signal?.throwIfAborted();
      const key = `${prefix}${entry.name}`;
      if (entry.isDirectory()) yield* this.#walk(`${key}/`, signal);
      else yield* this.#describe(key);
    }
  }

  /** Nothing when it went away meanwhile. */
  async *#describe(key: string): AsyncGenerator<StoredObject> {
    const facts = await lstat(join(this.#root, key)).catch(ignoreMissing);
    if (facts) yield { key, bytes: facts.size, modifiedAt: facts.mtime, isRegular: facts.isFile() };
  }

  async #putSynced(path: string, content: Buffer): Promise<void> {
    const beside = `${path}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      const file = await this.#disk.create(beside);
      try {
        await file.write(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  }

  #path(key: string): string {
    if (!isSafeKey(key)) throw unsafeKey(this.name, key);
    return join(this.#root, key);
  }

  /** None of the folders between the root and the file may be a link; the last part is checked where it is opened. */
  async #requireNoLinks(key: string): Promise<void> {
    let path = this.#root;
    for (const part of key.split('/').slice(0, -1)) {
      path = join(path, part);
      const facts = await lstat(path).catch(ignoreMissing);
      if (facts === undefined) return;
      if (!facts.isDirectory()) throw unsafeKey(this.name, key);
    }
  }

  #missing(key: string, rootIsThere: boolean): unknown {
    if (!rootIsThere) return Object.assign(new Error(`${this.#root} is not there`), { code: 'ENOENT' });
    return objectMissing(this.name, key);
  }

  async #named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw nameDiskFailure(error, { name: this.name, root: this.#root });
    }
  }
}

async function openIfThere(path: string) {
  try {
    return await openRegular(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'missing' as const;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(ignoreMissing)) !== undefined;
}

async function entriesOf(folder: string) {
  return (await readdir(folder, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(String(codeOf(error)))) throw error;
  });
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}

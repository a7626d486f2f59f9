import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../postgres/index.ts';
import { documentName } from '../layout.ts';
import type { TransferTerms } from '../types.ts';
import { copySynced, openRegular, syncFolder, type Disk } from './disk.ts';
import { bundleExists, unsafeKey } from './errors.ts';

interface Publication {
  readonly disk: Disk;
  readonly folder: string;
  readonly id: string;
  /** Where bundles are written, on the same file system as `bundles`. */
  readonly incoming: string;
  readonly bundles: string;
  readonly terms: TransferTerms;
}

/**
 * Brings the files of a folder in under another name, makes them durable, and gives them their name last. Where the
 * folder is on the same file system its files are linked, which takes no time and no room; else they are copied.
 */
export async function publishFolder(publication: Publication): Promise<void> {
  const { bundles, id, incoming } = publication;
  const destination = join(bundles, id);
  await requireNothingAt(destination, id);
  const stage = join(incoming, `${id}.${randomBytes(4).toString('hex')}`);
  await mkdir(stage, { mode: 0o700 });
  try {
    for (const name of await namesToBring(publication.folder)) await bringFile(publication, name, stage);
    await syncFolder(stage);
    publication.terms.signal.throwIfAborted();
    await rename(stage, destination);
  } catch (error) {
    await rm(stage, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(bundles);
}

async function requireNothingAt(destination: string, id: string): Promise<void> {
  try {
    await lstat(destination);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  throw bundleExists(dirname(destination), id);
}

/** `bundle.json`, which makes a bundle of it, comes last. */
async function namesToBring(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return [...names.filter((name) => name !== documentName).sort(), documentName];
}

async function bringFile({ disk, folder, terms }: Publication, name: string, stage: string): Promise<void> {
  terms.signal.throwIfAborted();
  const from = join(folder, name);
  const bytes = await prepareSource(from);
  if (await linked(disk, from, join(stage, name))) terms.onBytes(bytes);
  else await copySynced(disk, from, join(stage, name), terms);
}

/** Durable and private, before it gets its second name. */
async function prepareSource(path: string): Promise<number> {
  const file = await openRegular(path);
  if (file === undefined) throw unsafeKey('the bundle being published', path);
  try {
    await file.chmod(0o600);
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** False where the two are on different file systems, or on one that knows no links. */
async function linked(disk: Disk, from: string, to: string): Promise<boolean> {
  try {
    await disk.link(from, to);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String(codeOf(error)))) return false;
    throw error;
  }
}

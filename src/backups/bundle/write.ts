import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleManifestSchema, type BundleManifest } from '../../contract/index.ts';
import { nameDiskFailure } from '../targets/disk-failure.ts';
import { documentsOf } from './sums.ts';

/**
 * Puts into a folder with the dumps what makes a bundle of it; `bundle.json` last. Each file is synced. Throws
 * `target_full` and the other errors of a disk by name.
 */
export async function writeBundleDocuments(folder: string, manifest: BundleManifest): Promise<void> {
  const documents = documentsOf(bundleManifestSchema.parse(manifest));
  try {
    for (const { path, text } of documents) await writeSynced(join(folder, path), text);
  } catch (error) {
    throw nameDiskFailure(error, { name: 'the bundle being taken', root: folder });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

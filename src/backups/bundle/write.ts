import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleManifestSchema, type BundleManifest } from '../../contract/index.ts';
import { documentsOf } from './sums.ts';

/** Puts into a folder with the dumps what makes a bundle of it; `bundle.json` last. Each file is synced. */
export async function writeBundleDocuments(folder: string, manifest: BundleManifest): Promise<void> {
  for (const { path, text } of documentsOf(bundleManifestSchema.parse(manifest)))
    await writeSynced(join(folder, path), text);
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

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleManifestSchema, type BundleManifest } from '../../contract/index.ts';
import { renderDocument } from './document.ts';
import { documentCopyName, documentName, sumsName } from '../layout.ts';
import { renderSums } from './sums.ts';

/** Puts into a folder with the dumps what makes a bundle of it; `bundle.json` last. Each file is synced. */
export async function writeBundleDocuments(folder: string, manifest: BundleManifest): Promise<void> {
  const checked = bundleManifestSchema.parse(manifest);
  const document = renderDocument(checked);
  await writeSynced(join(folder, sumsName), renderSums(checked));
  await writeSynced(join(folder, documentCopyName), document);
  await writeSynced(join(folder, documentName), document);
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

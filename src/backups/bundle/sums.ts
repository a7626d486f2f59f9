import { hash } from 'node:crypto';
import type { BundleFile, BundleManifest } from '../../contract/index.ts';
import { renderDocument } from './document.ts';
import { documentCopyName, documentName, sumsName } from '../layout.ts';

/** The text of `SHA256SUMS`, over every other file of the bundle. */
export function renderSums(manifest: BundleManifest): string {
  return coveredFiles(manifest)
    .map(({ sha256, path }) => `${sha256}  ${path}\n`)
    .join('');
}

/** Every file of a bundle in the order of a listing, with what it has to be: all of it follows from the manifest. */
export function filesOf(manifest: BundleManifest): BundleFile[] {
  const sums = describe(sumsName, renderSums(manifest));
  return [sums, ...coveredFiles(manifest)];
}

function coveredFiles(manifest: BundleManifest): BundleFile[] {
  const document = renderDocument(manifest);
  const files = [
    ...manifest.databases.map((database) => database.file),
    describe(documentName, document),
    describe(documentCopyName, document),
  ];
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

function describe(path: string, text: string): BundleFile {
  return { path, bytes: Buffer.byteLength(text), sha256: hash('sha256', text) };
}

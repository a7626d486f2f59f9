import { hash } from 'node:crypto';
import type { BundleFile, BundleManifest } from '../../contract/index.ts';
import { documentCopyName, documentName, sumsName } from '../layout.ts';
import { renderDocument } from './document.ts';

/** A file of a bundle that describes the others. */
export interface BundleText {
  readonly path: string;
  readonly text: string;
}

/** What makes a bundle of a folder with dumps, in the order of writing: `bundle.json` last. All of it follows from the manifest. */
export function documentsOf(manifest: BundleManifest): readonly BundleText[] {
  const text = renderDocument(manifest);
  return [
    { path: sumsName, text: renderSums(manifest, text) },
    { path: documentCopyName, text },
    { path: documentName, text },
  ];
}

/** Every file of a bundle with what it has to be. */
export function filesOf(manifest: BundleManifest): BundleFile[] {
  return [...manifest.databases.map((database) => database.file), ...documentsOf(manifest).map(describe)];
}

/** As `sha256sum -c` reads it: over every other file of the bundle. */
function renderSums(manifest: BundleManifest, document: string): string {
  const described = [documentName, documentCopyName].map((path) => describe({ path, text: document }));
  const files = [...manifest.databases.map((database) => database.file), ...described];
  return files
    .sort((left, right) => (left.path < right.path ? -1 : 1))
    .map(({ sha256, path }) => `${sha256}  ${path}\n`)
    .join('');
}

function describe({ path, text }: BundleText): BundleFile {
  return { path, bytes: Buffer.byteLength(text), sha256: hash('sha256', text) };
}

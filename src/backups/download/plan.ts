import { hash } from 'node:crypto';
import { documentsOf } from '../bundle/index.ts';
import type { BundleManifest } from '../../contract/index.ts';
import { renderTarHeader, tarBlockBytes, tarPadding } from './tar-header.ts';

/** A piece of the archive: bytes that are known, or a file of the bundle. */
export type Segment = { readonly content: Buffer } | { readonly file: string; readonly bytes: number };

/** A bundle as one tar archive, worked out from its manifest alone: every byte has its place before one is read. */
export interface DownloadPlan {
  readonly fileName: string;
  readonly totalBytes: number;
  /** Changes when any byte of the archive would. With its quotation marks, as HTTP has it. */
  readonly etag: string;
  readonly segments: readonly Segment[];
}

/** Plans the download of a bundle: its folder with all files, `bundle.json` and the sums as they must be. */
export function planDownload(manifest: BundleManifest): DownloadPlan {
  const modifiedAt = new Date(manifest.completedAt);
  const folder = `${manifest.id}/`;
  const documents = documentsOf(manifest).map(({ path, text }) => ({ path, content: Buffer.from(text) }));
  const segments: Segment[] = [
    { content: renderTarHeader({ path: folder, bytes: undefined, modifiedAt }) },
    ...manifest.databases.flatMap(({ file }): Segment[] => [
      { content: renderTarHeader({ path: `${folder}${file.path}`, bytes: file.bytes, modifiedAt }) },
      { file: file.path, bytes: file.bytes },
      { content: Buffer.alloc(tarPadding(file.bytes)) },
    ]),
    ...documents.flatMap(({ path, content }): Segment[] => [
      { content: renderTarHeader({ path: `${folder}${path}`, bytes: content.length, modifiedAt }) },
      { content },
      { content: Buffer.alloc(tarPadding(content.length)) },
    ]),
    { content: Buffer.alloc(2 * tarBlockBytes) },
  ];
  return {
    fileName: `${manifest.id}.tar`,
    totalBytes: segments.reduce((total, segment) => total + lengthOf(segment), 0),
    etag: `"${hash('sha256', documents.map(({ content }) => content.toString()).join('')).slice(0, 32)}"`,
    segments,
  };
}

/** Bytes of one segment of the archive. */
export function lengthOf(segment: Segment): number {
  return 'file' in segment ? segment.bytes : segment.content.length;
}

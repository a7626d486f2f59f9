import { hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { AWSHeaders, S3mini } from 's3mini';
import { mapConcurrently } from '../../concurrently.ts';
import type { TransferTerms } from '../../types.ts';
import type { S3Client } from './client.ts';
import { etagOf, etagOfParts } from './confirm.ts';

const mebibyte = 1024 * 1024;
const partsAtOnce = 3;
/** A store takes at most 10,000 parts. */
const mostParts = 9_000;

export interface Upload {
  readonly client: S3Client;
  readonly key: string;
  readonly file: FileHandle;
  readonly bytes: number;
  /** Files up to this size go in one request. */
  readonly partBytes: number;
  readonly terms: TransferTerms;
}

/**
 * Uploads a file; the store checks each piece against its MD5, and the whole is there or nothing of it. Gives the ETag that
 * the file should have there.
 */
export async function uploadFile(upload: Upload): Promise<string> {
  const { client, key, bytes, partBytes, terms } = upload;
  if (bytes > partBytes) return await uploadInParts(upload);
  const content = await readPiece(upload.file, 0, bytes);
  await client.call(async (store) => await putContent(store, key, content), terms.signal);
  terms.onBytes(bytes);
  return etagOf(content);
}

/** Writes a small object in one request. */
export async function putContent(store: S3mini, key: string, content: Buffer): Promise<void> {
  await store.putObject(key, content, 'application/octet-stream', undefined, checksumOf(content));
}

async function uploadInParts(upload: Upload): Promise<string> {
  const { client, key, terms } = upload;
  const uploadId = await client.call(async (store) => await store.getMultipartUploadId(key), terms.signal);
  try {
    const parts = await mapConcurrently(pieces(upload), partsAtOnce, async ({ partNumber, start, length }) => {
      const content = await readPiece(upload.file, start, length);
      const part = await client.call(
        async (store) => await store.uploadPart(key, uploadId, content, partNumber, {}, undefined, checksumOf(content)),
        terms.signal,
      );
      terms.onBytes(length);
      return { part, etag: etagOf(content) };
    });
    const named = parts.map(({ part }) => part);
    await client.call(async (store) => await complete(store, upload, uploadId, named), terms.signal);
    return etagOfParts(parts.map(({ etag }) => etag));
  } catch (error) {
    // What cannot be aborted now is at the next start.
    await client.call(async (store) => await store.abortMultipartUpload(key, uploadId)).catch(() => undefined);
    throw error;
  }
}

type Parts = Parameters<S3mini['completeMultipartUpload']>[2];

/** A store may say 200 and then, in the body, that it failed after all; only an ETag is a yes. */
async function complete(store: S3mini, { key }: Upload, uploadId: string, parts: Parts): Promise<void> {
  const { etag } = await store.completeMultipartUpload(key, uploadId, parts);
  if (!etag) throw new Error('the store did not put the parts of an upload together');
}

function pieces({ bytes, partBytes }: Upload): { partNumber: number; start: number; length: number }[] {
  const size = Math.max(partBytes, Math.ceil(bytes / mostParts / mebibyte) * mebibyte);
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => ({
    partNumber: index + 1,
    start: index * size,
    length: Math.min(size, bytes - index * size),
  }));
}

async function readPiece(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const content = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(content, read, length - read, start + read);
    if (bytesRead === 0) throw new Error('a file of the bundle became shorter while it was uploaded');
    read += bytesRead;
  }
  return content;
}

/** Every store knows Content-MD5; the newer checksums not every one does. */
function checksumOf(content: Buffer): AWSHeaders {
  const headers: Record<string, string> = { 'content-md5': hash('md5', content, 'base64') };
  return headers;
}

import { hash } from 'node:crypto';
import type { Receipt } from '../../types.ts';
import { targetError } from '../errors.ts';

/** A file as it was sent, and as what the store has it under. */
export interface SentFile {
  readonly key: string;
  readonly bytes: number;
  /** As a store computes it that follows Amazon S3: without encryption by a key of its own, an MD5, or one over those of the parts. */
  readonly etag: string;
}

/** What a store lists of an object. */
export interface ListedFile {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

/** The ETag of an object that was sent in one request. */
export function etagOf(content: Buffer): string {
  return hash('md5', content);
}

/** The ETag of an object that was sent in parts, from those of the parts. */
export function etagOfParts(etags: readonly string[]): string {
  const digests = Buffer.concat(etags.map((etag) => Buffer.from(etag, 'hex')));
  return `${hash('md5', digests)}-${etags.length}`;
}

/**
 * Holds what was sent against what the store then lists. A size that differs is a lie or a loss, whoever is to blame;
 * an ETag that differs may only be one of another kind (a store that encrypts, or that counts parts in its own way): then
 * the store has not confirmed anything, and what it has must be read back. Throws `target_object_differs`.
 */
export function confirmStored(target: string, sent: readonly SentFile[], listed: readonly ListedFile[]): Receipt {
  const found = new Map(listed.map((file) => [file.key, file]));
  for (const { key, bytes } of sent) {
    const stored = found.get(key);
    if (stored?.bytes === bytes) continue;
    throw targetError('target_object_differs', {
      message: `${target} took ${bytes} bytes of ${key} and ${stored === undefined ? 'does not have it' : `has ${stored.bytes}`}`,
      hint: 'Look at the log of the store and at what lies between; the copy was removed again, and is tried again.',
      details: { target, key, sentBytes: bytes, storedBytes: stored?.bytes ?? null },
    });
  }
  return { confirmed: sent.every(({ key, etag }) => found.get(key)?.etag === etag) };
}

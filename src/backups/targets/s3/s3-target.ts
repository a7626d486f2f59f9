import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { S3ServiceError } from 's3mini';
import { AppError, type Secret } from '../../../base/index.ts';
import type { RetentionPolicy } from '../../../contract/index.ts';
import {
  bundlePrefix,
  documentCopyName,
  documentName,
  isBundleId,
  isSafeKey,
  unfinishedMark,
  unfinishedPrefix,
} from '../../layout.ts';
import type { BackupTarget, Receipt, StoredObject, TransferTerms } from '../../types.ts';
import { openRegular } from '../disk.ts';
import { bundleExists, objectMissing, unsafeKey } from '../errors.ts';
import { createS3Client, type S3Client } from './client.ts';
import { confirmStored, type ListedFile, type SentFile } from './confirm.ts';
import { openObject, type ByteRange } from './download.ts';
import type { RetryTerms } from './retry.ts';
import { abortUploads } from './unfinished-uploads.ts';
import { putContent, uploadFile } from './upload.ts';
import { parseS3Url, type S3Place } from './url.ts';

export interface S3Options {
  readonly name: string;
  readonly url: Secret;
  readonly retention: RetentionPolicy;
  readonly partBytes?: number;
  readonly retries?: RetryTerms;
}

/** Whether what is marked as unfinished was being written or removed. */
type Work = 'writing' | 'removing';

/** Bundles in a bucket of an S3-compatible store, addressed path-style. */
export class S3Target implements BackupTarget {
  readonly kind = 's3';
  readonly name: string;
  readonly location: string;
  readonly retention: RetentionPolicy;
  readonly #place: S3Place;
  readonly #client: S3Client;
  readonly #partBytes: number;

  constructor({ name, url, retention, partBytes = 16 << 20, retries = { attempts: 5, delayMs: 300 } }: S3Options) {
    this.#place = parseS3Url(url);
    this.name = name;
    this.location = this.#place.location;
    this.retention = retention;
    this.#client = createS3Client(name, this.#place, retries);
    this.#partBytes = partBytes;
  }

  async create(): Promise<void> {
    await this.list('none/');
  }

  async list(prefix: string, signal?: AbortSignal): Promise<StoredObject[]> {
    const found = await this.#listed(prefix, signal);
    return found
      .map(({ key, bytes, modifiedAt }) => ({ key, bytes, modifiedAt, isRegular: true }))
      .filter((object) => !object.key.endsWith('/'))
      .sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const path = this.#path(key);
    try {
      return await openObject(this.#client, path, range);
    } catch (error) {
      throw isAnswer(error, 'NoSuchKey', 404) ? objectMissing(this.name, key) : error;
    }
  }

  async put(key: string, content: Buffer): Promise<void> {
    const path = this.#path(key);
    await this.#client.call(async (store) => await putContent(store, path, content));
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#client
      .call(async (store) => await store.deleteObject(path))
      .catch((error: unknown) => {
        if (!isAnswer(error, 'NoSuchKey', 404)) throw error;
      });
  }

  /** The store itself has to say what it then holds: what it answered to each upload is only a promise. */
  async publish(folder: string, id: string, terms: TransferTerms): Promise<Receipt> {
    if (!isBundleId(id)) throw unsafeKey(this.name, id);
    if ((await this.list(bundlePrefix(id), terms.signal)).length > 0) throw bundleExists(this.name, id);
    await this.#mark(id, 'writing');
    let receipt: Receipt;
    try {
      const sent: SentFile[] = [];
      for (const name of await namesToUpload(folder)) sent.push(await this.#upload(folder, id, name, terms));
      receipt = confirmStored(this.name, sent, await this.#listed(bundlePrefix(id), terms.signal));
    } catch (error) {
      // What cannot be removed now is at the next start: the mark stays.
      await this.#clear(id).catch(() => undefined);
      throw error;
    }
    await this.remove(unfinishedMark(id));
    return receipt;
  }

  async removeBundle(id: string): Promise<void> {
    if (!isBundleId(id)) throw unsafeKey(this.name, id);
    if ((await this.list(bundlePrefix(id))).length === 0) return;
    await this.#mark(id, 'removing');
    await this.#clear(id);
  }

  async sweep(): Promise<string[]> {
    const told: string[] = [];
    for (const { key } of await this.list(unfinishedPrefix)) told.push(...(await this.#sweepMark(key)));
    const aborted = await abortUploads(this.#client, this.#place.prefix);
    if (aborted > 0)
      told.push(
        `Aborted ${aborted} unfinished upload${aborted === 1 ? '' : 's'} to ${this.name} from when the service was stopped.`,
      );
    return told;
  }

  async freeBytes(): Promise<null> {
    return await Promise.resolve(null);
  }

  async #listed(prefix: string, signal?: AbortSignal): Promise<(ListedFile & { readonly modifiedAt: Date })[]> {
    const found = await this.#client.call(async (store) => {
      const objects = await store.listObjects('/', `${this.#place.prefix}${prefix}`);
      // That is all this client says of a bucket that does not exist.
      return objects ?? this.#noBucket();
    }, signal);
    return found.map(({ Key, Size, LastModified, ETag }) => ({
      key: Key.slice(this.#place.prefix.length),
      bytes: Size,
      modifiedAt: LastModified,
      etag: ETag.replaceAll(/^"|"$|&quot;|&#34;/g, ''),
    }));
  }

  async #upload(folder: string, id: string, name: string, terms: TransferTerms): Promise<SentFile> {
    const file = await openRegular(join(folder, name));
    if (file === undefined) throw unsafeKey(this.name, name);
    try {
      const { size: bytes } = await file.stat();
      const key = `${bundlePrefix(id)}${name}`;
      const upload = { client: this.#client, key: this.#path(key), file, bytes, partBytes: this.#partBytes, terms };
      return { key, bytes, etag: await uploadFile(upload) };
    } finally {
      await file.close();
    }
  }

  async #mark(id: string, work: Work): Promise<void> {
    await this.put(unfinishedMark(id), Buffer.from(`${JSON.stringify({ work })}\n`));
  }

  /** `bundle.json` goes first, for with it there it is a bundle; the mark goes last. */
  async #clear(id: string): Promise<void> {
    const prefix = bundlePrefix(id);
    await this.remove(`${prefix}${documentName}`);
    await this.remove(`${prefix}${documentCopyName}`);
    for (const { key } of await this.list(prefix)) await this.#removeFound(key);
    await this.remove(unfinishedMark(id));
  }

  /** As it was listed, whatever it is called. */
  async #removeFound(key: string): Promise<void> {
    await this.#client.call(async (store) => await store.deleteObject(`${this.#place.prefix}${key}`));
  }

  async #sweepMark(key: string): Promise<string[]> {
    const id = key.slice(unfinishedPrefix.length).replace(/\.json$/, '');
    if (!isBundleId(id)) return [];
    const objects = await this.list(bundlePrefix(id));
    const isWhole = objects.some((object) => object.key.endsWith(`/${documentName}`));
    if (isWhole && (await this.#workOf(key)) === 'writing') {
      await this.remove(key);
      return [`Found ${id} whole on ${this.name}: the service was stopped right after its last upload.`];
    }
    await this.#clear(id);
    return [`Removed ${id} from ${this.name}: it was being written or removed when the service was stopped.`];
  }

  /** Only a plain word to remove lets something whole be removed. */
  async #workOf(key: string): Promise<Work> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.read(key)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString().includes('"removing"') ? 'removing' : 'writing';
  }

  #path(key: string): string {
    if (!isSafeKey(key)) throw unsafeKey(this.name, key);
    return `${this.#place.prefix}${key}`;
  }

  #noBucket(): never {
    throw new S3ServiceError('no bucket', 404, 'NoSuchBucket');
  }
}

/** `bundle.json`, which makes a bundle of it, comes last. */
async function namesToUpload(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return [...names.filter((name) => name !== documentName).sort(), documentName];
}

function isAnswer(error: unknown, serviceCode: string, status: number): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return (
    cause instanceof S3ServiceError &&
    cause.status === status &&
    cause.serviceCode !== 'NoSuchBucket' &&
    [serviceCode, 'Unknown', undefined].includes(cause.serviceCode)
  );
}

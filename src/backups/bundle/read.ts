import { AppError, hasCode } from '../../base/index.ts';
import type { BundleManifest } from '../../contract/index.ts';
import type { ReadableTarget } from '../types.ts';
import { readSmall } from '../read-small.ts';
import { parseDocument } from './document.ts';
import { bundleError } from './errors.ts';
import { bundlePrefix, documentCopyName, documentName, isBundleId } from '../layout.ts';

/** More than a bundle of three databases with 10,000 tables each needs. */
const documentLimitBytes = 8 * 1024 * 1024;

export interface ReadBundle {
  readonly manifest: BundleManifest;
  /** Why `bundle.json` itself could not be used and its copy was; null when it could. */
  readonly fault: AppError | null;
}

/**
 * Reads what a bundle says of itself. Throws the `bundle_*` error of what is wrong with it, or `target_unavailable`.
 * The presence of `bundle.json` makes a bundle; its copy only helps where it is there and damaged.
 */
export async function readBundle(target: ReadableTarget, id: string): Promise<ReadBundle> {
  if (!isBundleId(id)) throw missing(target, id);
  const first = await readDocument(target, id, documentName);
  if (!(first instanceof AppError)) return { manifest: first, fault: null };
  if (first.code === 'bundle_missing') throw first;
  const second = await readDocument(target, id, documentCopyName);
  if (second instanceof AppError) throw first;
  return { manifest: second, fault: first };
}

async function readDocument(target: ReadableTarget, id: string, name: string): Promise<BundleManifest | AppError> {
  const key = `${bundlePrefix(id)}${name}`;
  const content = await readContent(target, id, key);
  if (content instanceof AppError) return content;
  const manifest = parseDocument(content, `${key} on ${target.name}`);
  if (manifest instanceof AppError || manifest.id === id) return manifest;
  return bundleError('bundle_renamed', {
    message: `the folder ${bundlePrefix(id)} on ${target.name} holds the bundle ${manifest.id}`,
    hint: `Rename the folder back to ${manifest.id}.`,
    details: { folder: id, inside: manifest.id },
  });
}

async function readContent(target: ReadableTarget, id: string, key: string): Promise<Buffer | AppError> {
  try {
    const content = await readSmall(target, key, documentLimitBytes);
    return content ?? tooLarge(target, key);
  } catch (error) {
    if (hasCode(error, 'target_object_missing')) return missing(target, id);
    if (hasCode(error, 'target_object_unsafe')) return error;
    throw error;
  }
}

function tooLarge(target: ReadableTarget, key: string): AppError {
  return bundleError('bundle_manifest_too_large', {
    message: `${key} on ${target.name} is larger than ${documentLimitBytes} bytes`,
    hint: 'Use another bundle; this one was not written by Plimsoll.',
  });
}

function missing(target: ReadableTarget, id: string): AppError {
  return bundleError('bundle_missing', {
    message: `there is no bundle ${JSON.stringify(id.slice(0, 100))} on ${target.name}`,
    hint: 'Type `plimsoll backup list` to see which there are.',
  });
}

import { createHash } from 'node:crypto';
import { AppError, hasCode } from '../../base/index.ts';
import type { BundleFile } from '../../contract/index.ts';
import { filesOf, readBundle } from '../bundle/index.ts';
import { bundlePrefix } from '../layout.ts';
import type { ReadableTarget, TransferTerms } from '../types.ts';

/** What is wrong with a bundle, as sentences; empty when nothing is. */
export interface ChecksumReading {
  readonly faults: readonly string[];
  readonly files: number;
  readonly bytes: number;
}

/**
 * Reads a whole bundle on one target and holds it against its own description: every file there, of its size and
 * SHA-256, and no other. All of it follows from `bundle.json`, which proves itself. Throws `target_*` where the target
 * fails, `bundle_missing` where there is none, and the signal's reason.
 */
export async function readChecksums(
  target: ReadableTarget,
  id: string,
  terms: TransferTerms,
): Promise<ChecksumReading> {
  const present = await target.list(bundlePrefix(id), terms.signal);
  const described = await describe(target, id);
  if (described instanceof AppError) return { faults: [described.message], files: 0, bytes: 0 };
  const { expected, fault } = described;
  const faults = fault === null ? [] : [`${fault.message}; its copy was used`];
  const names = new Map(present.map((object) => [object.key.slice(bundlePrefix(id).length), object]));
  for (const file of expected) {
    const object = names.get(file.path);
    names.delete(file.path);
    if (object === undefined) faults.push(`${file.path} is missing`);
    else if (!object.isRegular) faults.push(`${file.path} is not a file but a link or the like`);
    else if (object.bytes !== file.bytes) faults.push(`${file.path} has ${object.bytes} bytes, expected ${file.bytes}`);
    else if (!(await isAsWritten(target, id, file, terms)))
      faults.push(`${file.path} is not as it was written: its SHA-256 differs`);
  }
  for (const name of names.keys()) faults.push(`${JSON.stringify(name.slice(0, 100))} does not belong to the bundle`);
  return { faults, files: expected.length, bytes: expected.reduce((sum, file) => sum + file.bytes, 0) };
}

async function describe(target: ReadableTarget, id: string) {
  try {
    const { manifest, fault } = await readBundle(target, id);
    return { expected: filesOf(manifest), fault };
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('bundle_') && error.code !== 'bundle_missing') return error;
    throw error;
  }
}

async function isAsWritten(
  target: ReadableTarget,
  id: string,
  file: BundleFile,
  terms: TransferTerms,
): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of await target.read(`${bundlePrefix(id)}${file.path}`)) {
      terms.signal.throwIfAborted();
      hash.update(chunk as Buffer);
      terms.onBytes((chunk as Buffer).length);
    }
  } catch (error) {
    // Gone or replaced since it was listed.
    if (hasCode(error, 'target_object_missing') || hasCode(error, 'target_object_unsafe')) return false;
    throw error;
  }
  return hash.digest('hex') === file.sha256;
}

import { createHash } from 'node:crypto';
import { pipeline, Transform, type Duplex, type Readable } from 'node:stream';
import { AppError, hasCode, messageOf, type Secret } from '../../base/index.ts';
import type { BundleDatabase, BundleFile, DatabaseName } from '../../contract/index.ts';
import type { DumpEngines } from '../types.ts';
import { sealingError } from '../sealing/errors.ts';
import { reloadError } from './errors.ts';
import type { BundleSource, Unseal } from './source.ts';

export interface ReloadRequest {
  readonly source: BundleSource;
  readonly engines: DumpEngines;
  /** For an encrypted bundle; undefined when nobody gave an identity. */
  readonly unseal: Unseal | undefined;
  /** Bytes of one dump that were read so far. */
  readonly onBytes: (database: DatabaseName, bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Throws `bundle_sealed` for an encrypted bundle without an identity. */
export function requireIdentity({ source, unseal }: Pick<ReloadRequest, 'source' | 'unseal'>): void {
  const { encryption, id } = source.manifest;
  if (encryption === null || unseal !== undefined) return;
  throw sealingError('bundle_sealed', {
    message: `bundle ${id} is encrypted to ${encryption.recipients.join(', ')}, and no identity was given to open it`,
    hint: `Give the file with the private key: \`--identity FILE\`.`,
    details: { recipients: encryption.recipients },
  });
}

/**
 * Loads one dump of a bundle into an empty database that the role of the URL owns; what it holds then belongs to that role.
 * What is read is held against `bundle.json`, so that a file that was changed never passes.
 */
export async function reloadDatabase(request: ReloadRequest, database: BundleDatabase, url: Secret): Promise<void> {
  const { source, engines, unseal, onBytes, signal } = request;
  const { file, name } = database;
  const meter = meterOf((bytes) => onBytes(name, bytes));
  const stored = await source.read(file.path);
  let broken: Error | undefined;
  const dump: Readable = unseal === undefined ? meter.stream : unseal();
  pipeline([stored, meter.stream, ...(unseal === undefined ? [] : [dump as Duplex])], (error) => {
    broken ??= error ?? undefined;
  });
  try {
    await engines.load({ database, dump, url, privileges: 'drop', onBytes: () => undefined, signal });
  } catch (error) {
    signal.throwIfAborted();
    // What broke first explains the rest.
    if (broken instanceof AppError) throw broken;
    if (blameOf(error) === 'bundle') await requireWhole(source, file);
    throw error;
  } finally {
    stored.destroy();
  }
  // A loader may stop at the end of what it understands; the rest counts as well.
  if (meter.digest() !== file.sha256) await requireWhole(source, file);
}

interface Meter {
  readonly stream: Transform;
  digest(): string;
}

function meterOf(onBytes: (bytes: number) => void): Meter {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes(bytes);
      done(null, chunk);
    },
  });
  return { stream, digest: () => hash.copy().digest('hex') };
}

/** Reads a file to its end. Throws `reload_file_damaged` when it is not the one that was written. */
async function requireWhole(source: BundleSource, { path, bytes, sha256 }: BundleFile): Promise<void> {
  const hash = createHash('sha256');
  let found = 0;
  for await (const chunk of await source.read(path)) {
    hash.update(chunk as Buffer);
    found += (chunk as Buffer).length;
  }
  if (hash.digest('hex') === sha256) return;
  throw reloadError('reload_file_damaged', {
    message: `${path} is not as it was written: ${found === bytes ? 'its SHA-256 differs' : `it has ${found} bytes, expected ${bytes}`}`,
    hint: 'Use another copy of the bundle from another target, or another bundle.',
    details: { path },
  });
}

const bundleFaults = ['reload_file_damaged', 'dump_damaged', 'bundle_unsealing_failed', 'target_object_missing'];

/** What a load that failed says of the bundle: `server` when another server, or another moment, may well succeed. */
export function blameOf(error: unknown): 'bundle' | 'server' {
  if (bundleFaults.some((code) => hasCode(error, code))) return 'bundle';
  return hasCode(error, 'dump_load_failed') && !isAboutServer(messageOf(error)) ? 'bundle' : 'server';
}

/** What the client programs quote of a server that ended, or is full. */
function isAboutServer(message: string): boolean {
  return /no space left|disk full|could not (extend|write|connect)|connection|terminat|shutting down|starting up|permission denied|out of memory/i.test(
    message,
  );
}

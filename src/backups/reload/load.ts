import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { hasCode, messageOf, type Secret } from '../../base/index.ts';
import type { BundleDatabase, BundleFile, DatabaseName } from '../../contract/index.ts';
import type { DumpEngines } from '../types.ts';
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

/** Throws `reload_identity_missing` for an encrypted bundle without an identity. */
export function requireIdentity({ source, unseal }: Pick<ReloadRequest, 'source' | 'unseal'>): void {
  const { encryption, id } = source.manifest;
  if (encryption === null || unseal !== undefined) return;
  throw reloadError('reload_identity_missing', {
    message: `bundle ${id} is encrypted to ${encryption.recipients.join(', ')}, and no identity was given to open it`,
    hint: `Give the file with the private key: \`--identity FILE\`.`,
    details: { recipients: encryption.recipients },
  });
}

/**
 * Loads one dump of a bundle into an empty database that the role of the URL owns; what it holds then belongs to that role.
 * What is read is held against `bundle.json` on the way, so that a file that was changed never passes.
 */
export async function reloadDatabase(request: ReloadRequest, database: BundleDatabase, url: Secret): Promise<void> {
  const { source, engines, unseal, onBytes, signal } = request;
  const stored = await source.read(database.file.path);
  const meter = meterOf((bytes) => onBytes(database.name, bytes));
  stored.on('error', (error) => meter.stream.destroy(error));
  stored.pipe(meter.stream);
  const dump = unseal === undefined ? meter.stream : await unseal(meter.stream);
  try {
    await engines.load({ database, dump, url, privileges: 'drop', onBytes: () => undefined, signal });
    // A loader may stop at the end of what it understands; the rest counts as well.
    await drain(meter.stream);
  } catch (error) {
    signal.throwIfAborted();
    const fault = hasCode(error, 'dump_load_failed') ? await drained(meter, database.file) : undefined;
    throw fault ?? error;
  } finally {
    stored.destroy();
  }
  const fault = faultOf(meter, database.file);
  if (fault !== undefined) throw fault;
}

interface Meter {
  readonly stream: Transform;
  read(): { bytes: number; sha256: string };
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
  return { stream, read: () => ({ bytes, sha256: hash.copy().digest('hex') }) };
}

async function drain(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return;
  stream.resume();
  await finished(stream, { writable: false });
}

/** Whether the file itself explains why it could not be loaded. */
async function drained(meter: Meter, file: BundleFile): Promise<Error | undefined> {
  try {
    await drain(meter.stream);
  } catch {
    return undefined;
  }
  return meter.stream.readableEnded ? faultOf(meter, file) : undefined;
}

function faultOf(meter: Meter, { path, bytes, sha256 }: BundleFile): Error | undefined {
  const found = meter.read();
  if (found.sha256 === sha256) return undefined;
  const size = found.bytes === bytes ? '' : `: it has ${found.bytes} bytes, expected ${bytes}`;
  return reloadError('reload_file_damaged', {
    message: `${path} is not as it was written${size || ': its SHA-256 differs'}`,
    hint: 'Use another copy of the bundle from another target, or another bundle.',
    details: { path },
  });
}

/** What a load that failed says of the bundle: `server` when another server, or another moment, may well succeed. */
export function blameOf(error: unknown): 'bundle' | 'server' {
  if (hasCode(error, 'reload_file_damaged') || hasCode(error, 'dump_damaged')) return 'bundle';
  return hasCode(error, 'dump_load_failed') && !isAboutServer(messageOf(error)) ? 'bundle' : 'server';
}

/** What the client programs quote of a server that ended, or is full. */
function isAboutServer(message: string): boolean {
  return /no space left|disk full|could not (extend|write|connect)|connection|terminat|shutting down|starting up|permission denied|out of memory/i.test(
    message,
  );
}

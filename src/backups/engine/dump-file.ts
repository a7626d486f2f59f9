import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { codeOf } from '../../postgres/index.ts';
import { engineError } from './errors.ts';
import type { DumpedFile, DumpRequest } from '../types.ts';

/** What comes out of a pg_dump, on its way to a file. */
export interface DumpStream {
  readonly source: AsyncIterable<Buffer>;
  /** Name of the file in the request's folder, before it is sealed. */
  readonly fileName: string;
  readonly compress: boolean;
  readonly onBytes: (bytes: number) => void;
}

/**
 * Writes a dump to a new file: counted, compressed, sealed, hashed, and on the disk for good when this resolves. The
 * file is removed again if anything fails. Throws `backup_disk_full`, or what the source failed with.
 */
export async function writeDump(
  request: DumpRequest,
  { source, fileName, compress, onBytes }: DumpStream,
): Promise<DumpedFile> {
  const path = `${request.folder}/${fileName}${request.seal === undefined ? '' : '.age'}`;
  const digest = digester();
  const steps = [
    passing((chunk) => onBytes(chunk.length)),
    ...(compress ? [zstd()] : []),
    ...(request.seal === undefined ? [] : [request.seal()]),
    digest.through,
  ];
  // `flush`: fsync before the file is closed.
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  try {
    await pipeline([Readable.from(source, { objectMode: false }), ...steps, file], { signal: request.signal });
  } catch (error) {
    // One that was there before is somebody else's.
    if (codeOf(error) !== 'EEXIST') await rm(path, { force: true });
    request.signal.throwIfAborted();
    throw isDiskFull(error) ? diskFull(path, error) : error;
  }
  return { path, ...digest.result() };
}

/**
 * On what a deployment keeps (ids, instants, findings, hashes) level 1 is not only quicker than the levels above it, it is
 * smaller as well: they spend themselves on short matches in what is random. All are smaller than gzip's default.
 */
export const zstdLevel = 1;

/** The checksum is for `zstd -t` by hand. */
function zstd(): Transform {
  return createZstdCompress({
    chunkSize: 1 << 16,
    params: { [constants.ZSTD_c_compressionLevel]: zstdLevel, [constants.ZSTD_c_checksumFlag]: 1 },
  });
}

function digester(): { through: Transform; result(): Pick<DumpedFile, 'bytes' | 'sha256'> } {
  const hash = createHash('sha256');
  let bytes = 0;
  const through = passing((chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  return { through, result: () => ({ bytes, sha256: hash.digest('hex') }) };
}

/** Hands everything on and looks at it. */
function passing(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      look(chunk);
      done(null, chunk);
    },
  });
}

/** EFBIG: past the file-size limit of the process (`ulimit -f`). */
function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(error) ?? '');
}

function diskFull(path: string, cause: unknown): Error {
  return engineError('backup_disk_full', {
    message: `the disk is full: ${path} could not be written (${codeOf(cause)})`,
    hint: 'Free space below `BACKUP_DIR`, or point `BACKUP_DIR` at a larger disk, then run `plimsoll backup take` again.',
    details: { path },
    cause,
  });
}

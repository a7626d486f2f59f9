import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { messageOf } from '../../../base/index.ts';
import { codeOf } from '../../../postgres/index.ts';
import { engineError } from '../errors.ts';
import type { LoadRequest } from '../../types.ts';

/**
 * Feeds what is in the dump file to `consume`, unpacked unless the archive is packed inside. A file that cannot be unpacked is
 * `dump_damaged`; any other error is passed on.
 */
export async function unpackDump(
  request: LoadRequest,
  consume: (content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const { dump, signal } = request;
  const counter = counting(request.onBytes);
  try {
    if (request.database.compression === 'zstd')
      await pipeline(dump, counter, createZstdDecompress(), consume, { signal });
    else await pipeline(dump, counter, consume, { signal });
  } catch (error) {
    request.signal.throwIfAborted();
    throw isDamage(error) ? damaged(request, error) : error;
  }
}

function counting(onBytes: (bytes: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
}

function isDamage(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return code.startsWith('ZSTD_') || code === 'Z_BUF_ERROR' || code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}

function damaged({ database }: LoadRequest, cause: unknown): Error {
  return engineError('dump_damaged', {
    message: `${database.name} database: its dump ${database.file.path} cannot be unpacked: ${messageOf(cause)}`,
    hint: 'Use another bundle: `plimsoll backup list` shows them, `plimsoll backup verify` tells which are whole.',
    details: { database: database.name, file: database.file.path },
    cause,
  });
}

/** What the server refused while a dump was loaded. */
export function loadFailed({ database }: LoadRequest, reason: string, cause?: unknown): Error {
  return engineError('dump_load_failed', {
    message: `${database.name} database: its dump ${database.file.path} could not be loaded: ${reason}`,
    hint: 'Mend what the message names on the server that is loaded into, such as a missing role or extension, then try again.',
    details: { database: database.name, file: database.file.path },
    cause,
  });
}

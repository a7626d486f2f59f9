import { PassThrough } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { preParsingAsyncHookHandler, RequestPayload } from 'fastify';
import type { AppError } from '../../base/index.ts';
import { scannerLimits } from '../../contract/index.ts';
import { httpError } from '../../http/index.ts';

/**
 * Unpacks a gzip body on its way to the parser. What travels is held to one limit here; the parser holds what comes out to
 * another while it comes, so that a bomb is cut off before it has gone off.
 */
export const unpackBody: preParsingAsyncHookHandler = async (request, _reply, payload) => {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (Number(request.headers['content-length'] ?? 0) > scannerLimits.resultBytes) throw tooLarge();
  if (encoding === 'identity') return await Promise.resolve(payload);
  if (encoding === 'gzip') return gunzip(payload);
  throw malformed(`the Content-Encoding is ${JSON.stringify(encoding)}, expected gzip or none`);
};

function gunzip(payload: RequestPayload): RequestPayload {
  const unpacked: RequestPayload & PassThrough = new PassThrough();
  const unpacker = createGunzip();
  let travelled = 0;
  payload.on('data', (chunk: Buffer) => {
    travelled += chunk.length;
    // The parser compares this with Content-Length, which counts what travelled.
    unpacked.receivedEncodedLength = travelled;
    if (travelled > scannerLimits.resultBytes) unpacked.destroy(tooLarge());
  });
  payload.on('error', (error) => unpacked.destroy(error));
  unpacker.on('error', (error) => unpacked.destroy(malformed('the body is not whole gzip data', error)));
  unpacked.on('close', () => {
    payload.unpipe(unpacker);
    unpacker.destroy();
  });
  payload.pipe(unpacker).pipe(unpacked);
  return unpacked;
}

function tooLarge(): AppError {
  return httpError('body_too_large', {
    message: `the result is larger than ${scannerLimits.resultBytes} bytes`,
    hint: 'Send it compressed or in partial results (protocol 2), or report the job as failed.',
  });
}

function malformed(message: string, cause?: unknown): AppError {
  return httpError('body_malformed', { message, hint: 'Send JSON, as it is or as one gzip stream.', cause });
}

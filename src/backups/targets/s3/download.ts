import { Readable } from 'node:stream';
import type { S3Client } from './client.ts';

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const mostResumptions = 5;

/** Streams an object, or a range of it; a line that is cut is taken up again where it broke. */
export async function openObject(client: S3Client, key: string, range: ByteRange | undefined): Promise<Readable> {
  const first = await request(client, key, range);
  return Readable.from(resume(client, { key, range, first }), { objectMode: false, highWaterMark: 1 << 20 });
}

interface Opened {
  readonly key: string;
  readonly range: ByteRange | undefined;
  readonly first: Response;
}

async function* resume(client: S3Client, { key, range, first }: Opened): AsyncGenerator<Uint8Array> {
  let answer = first;
  let offset = range?.start ?? 0;
  // What a store stops at must be the same object as what it began with.
  const etag = first.headers.get('etag');
  for (let resumption = 0; ; resumption += 1) {
    try {
      for await (const chunk of answer.body ?? []) {
        yield chunk;
        offset += chunk.length;
      }
      return;
    } catch (error) {
      if (resumption >= mostResumptions) throw client.name(error);
      answer = await request(client, key, { start: offset, end: range?.end ?? lastByte(first) });
      if (answer.headers.get('etag') !== etag) throw client.name(error);
    }
  }
}

function lastByte(answer: Response): number {
  return Number(answer.headers.get('content-length') ?? Number.NaN) - 1;
}

async function request(client: S3Client, key: string, range: ByteRange | undefined): Promise<Response> {
  return await client.call(async (store) =>
    range === undefined
      ? await store.getObjectRaw(key)
      : await store.getObjectRaw(key, false, range.start, range.end + 1),
  );
}

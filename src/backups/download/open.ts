import { Readable } from 'node:stream';
import { bundleError } from '../bundle/errors.ts';
import { bundlePrefix } from '../layout.ts';
import type { BackupTarget } from '../types.ts';
import { lengthOf, type DownloadPlan, type Segment } from './plan.ts';
import type { ByteRange } from './range.ts';

/**
 * Streams the archive, or a range of it. A file that is not as long as the plan says breaks the stream off, so that no
 * download of a damaged bundle looks finished; what is in the file is for `sha256sum -c` to tell.
 */
export function openDownload(target: BackupTarget, id: string, plan: DownloadPlan, range?: ByteRange): Readable {
  const wanted = range ?? { start: 0, end: plan.totalBytes - 1 };
  return Readable.from(readSegments(target, id, plan.segments, wanted), { objectMode: false });
}

async function* readSegments(
  target: BackupTarget,
  id: string,
  segments: readonly Segment[],
  wanted: ByteRange,
): AsyncGenerator<Buffer> {
  let offset = 0;
  for (const segment of segments) {
    const length = lengthOf(segment);
    const part = { start: Math.max(0, wanted.start - offset), end: Math.min(length - 1, wanted.end - offset) };
    if (part.start <= part.end) {
      if ('file' in segment) yield* readPart(target, id, segment, part);
      else yield segment.content.subarray(part.start, part.end + 1);
    }
    offset += length;
  }
}

async function* readPart(
  target: BackupTarget,
  id: string,
  { file, bytes }: { readonly file: string; readonly bytes: number },
  part: ByteRange,
): AsyncGenerator<Buffer> {
  let left = part.end - part.start + 1;
  for await (const chunk of await target.read(`${bundlePrefix(id)}${file}`, part)) {
    left -= (chunk as Buffer).length;
    if (left < 0) break;
    yield chunk as Buffer;
  }
  if (left === 0) return;
  throw bundleError('bundle_file_damaged', {
    message: `${file} of bundle ${id} on ${target.name} does not have the ${bytes} bytes it was written with`,
    hint: `Type \`plimsoll backup verify ${id}\`, and download it from another target.`,
  });
}

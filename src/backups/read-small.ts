import type { BackupTarget } from './types.ts';

/** A whole small object; undefined when it is larger than the limit, of which no more than that is read. */
export async function readSmall(
  target: Pick<BackupTarget, 'read'>,
  key: string,
  limitBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of await target.read(key)) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > limitBytes) return undefined;
  }
  return Buffer.concat(chunks);
}

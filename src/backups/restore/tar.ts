import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { bundlesPrefix } from '../layout.ts';
import type { ReadableTarget, StoredObject } from '../types.ts';
import { restoreError } from './errors.ts';

const block = 512;
/** A bundle has six files; a tar of thousands is none. */
const mostEntries = 100;

interface Entry extends StoredObject {
  readonly start: number;
}

/** A downloaded bundle in one file, as the page gives it: read in place, nothing of it is unpacked. */
export async function openTar(path: string): Promise<ReadableTarget> {
  const file = await open(path, 'r');
  const entries = await (async () => {
    try {
      return await readEntries(file, path);
    } finally {
      await file.close();
    }
  })();
  return {
    name: path,
    list: (prefix) => Promise.resolve(entries.filter(({ key }) => key.startsWith(prefix))),
    read: async (key) => {
      const entry = entries.find((one) => one.key === key && one.isRegular);
      if (entry === undefined) throw notABundle(path, `it holds no ${key.slice(bundlesPrefix.length)}`);
      if (entry.bytes === 0) return Readable.from([]);
      const content = await open(path, 'r');
      return content.createReadStream({ start: entry.start, end: entry.start + entry.bytes - 1 });
    },
  };
}

/** Headers of the ustar format (POSIX pax, section "ustar Interchange Format"); anything but files and folders is not regular. */
async function readEntries(file: FileHandle, path: string): Promise<Entry[]> {
  const { size } = await file.stat();
  const entries: Entry[] = [];
  for (let at = 0; at + block <= size && entries.length < mostEntries;) {
    const header = Buffer.alloc(block);
    await file.read(header, 0, block, at);
    if (header.every((byte) => byte === 0)) break;
    if (!isHeader(header)) throw notABundle(path, `at byte ${at} is no header of a tar file`);
    const bytes = octal(header, 124, 12);
    const type = String.fromCharCode(header[156] ?? 0);
    const start = at + block;
    if (type !== '5') {
      if (start + bytes > size) throw notABundle(path, 'it is cut off');
      const modifiedAt = new Date(octal(header, 136, 12) * 1000);
      const isRegular = type === '0' || type === '\0';
      entries.push({ key: `${bundlesPrefix}${nameOf(header)}`, bytes, start, modifiedAt, isRegular });
    }
    at = start + Math.ceil(bytes / block) * block;
  }
  if (entries.length === 0) throw notABundle(path, 'it holds no files');
  return entries;
}

function isHeader(header: Buffer): boolean {
  if (header.toString('latin1', 257, 262) !== 'ustar') return false;
  const blanked = Buffer.from(header).fill(' ', 148, 156);
  return blanked.reduce((sum, byte) => sum + byte, 0) === octal(header, 148, 8);
}

function nameOf(header: Buffer): string {
  return text(header, 0, 100).replace(/^\.\//, '');
}

function text(header: Buffer, start: number, length: number): string {
  const end = header.indexOf(0, start);
  return header.toString('utf8', start, end === -1 || end > start + length ? start + length : end);
}

/** Large sizes are written in base 256, with the first bit set (GNU). */
function octal(header: Buffer, start: number, length: number): number {
  if (((header[start] ?? 0) & 0x80) === 0) return Number.parseInt(text(header, start, length).trim() || '0', 8);
  return header.subarray(start + 1, start + length).reduce((sum, byte) => sum * 256 + byte, 0);
}

function notABundle(path: string, found: string): Error {
  return restoreError('restore_bundle_damaged', {
    message: `${path} is not a bundle in a tar file: ${found}`,
    hint: 'Download it again from Admin > Backups, or give the path of an unpacked folder.',
  });
}

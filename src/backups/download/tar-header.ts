/** One entry of an archive: a file, or a folder where `bytes` is undefined. */
export interface TarEntry {
  readonly path: string;
  readonly bytes: number | undefined;
  readonly modifiedAt: Date;
}

export const tarBlockBytes = 512;
const largestOctal = 0o77777777777;

/** The header of an entry, the same for the same entry. Format: POSIX ustar; sizes from 8 GiB in GNU's base 256. */
export function renderTarHeader({ path, bytes, modifiedAt }: TarEntry): Buffer {
  const header = Buffer.alloc(tarBlockBytes);
  if (Buffer.byteLength(path) > 100) throw new RangeError(`${path} is too long for the archive`);
  header.write(path, 0, 100);
  header.write(octal(bytes === undefined ? 0o700 : 0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  writeSize(header, bytes ?? 0);
  header.write(octal(Math.floor(modifiedAt.getTime() / 1000), 12), 136);
  header.write(bytes === undefined ? '5' : '0', 156);
  header.write('ustar\u000000', 257, 'latin1');
  header.write(`${checksumOf(header)}\0 `, 148, 'latin1');
  return header;
}

/** How many zeros follow so many bytes, up to the next block. */
export function tarPadding(bytes: number): number {
  return (tarBlockBytes - (bytes % tarBlockBytes)) % tarBlockBytes;
}

function writeSize(header: Buffer, bytes: number): void {
  if (bytes <= largestOctal) header.write(octal(bytes, 12), 124);
  else {
    header.writeBigUInt64BE(BigInt(bytes), 128);
    header.writeUInt8(0x80, 124);
  }
}

/** As octal digits that fill a field, and the zero byte at its end. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

/** Over the header with spaces in the checksum's own place. */
function checksumOf(header: Buffer): string {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  return sum.toString(8).padStart(6, '0');
}

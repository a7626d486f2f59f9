/** Inclusive at both ends, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header against a known length; undefined asks for the whole: no header, several ranges, or one in a form
 * that RFC 9110 lets a server pass over. `unsatisfiable` is answered with 416.
 */
export function parseRange(header: string | undefined, totalBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return Number(last) === 0 ? 'unsatisfiable' : suffix(Number(last), totalBytes);
  const start = Number(first);
  const end = last === '' ? totalBytes - 1 : Math.min(Number(last), totalBytes - 1);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= totalBytes ? 'unsatisfiable' : { start, end };
}

function suffix(length: number, totalBytes: number): ByteRange {
  return { start: Math.max(0, totalBytes - length), end: totalBytes - 1 };
}

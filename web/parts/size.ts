const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1 byte`, `12 KiB`, `3.4 GiB`. */
export function size(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? 'bytes'}`;
}

/** `1 scanner`, `2 scanners`, `1,204 scanners`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** A commit as people write it; other words (`unknown`) stay whole. */
export function shortSha(sha: string): string {
  return /^[0-9a-f]{12,}$/.test(sha) ? sha.slice(0, 10) : sha;
}

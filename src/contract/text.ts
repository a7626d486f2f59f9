import { z } from 'zod';

/** Whether the databases can keep a text: a NUL and half of a surrogate pair are what they refuse. */
export function isKeepable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** An id as a caller sends it: some write UUIDs in capitals, the databases never do. */
export const sentId = z.uuid().toLowerCase();

/** Text that a stranger chose, at most `max` characters. What cannot be kept of it becomes U+FFFD, so that the rest is. */
export function foundText(max: number) {
  return z
    .string()
    .max(max)
    .overwrite((text) => (isKeepable(text) ? text : text.toWellFormed().replaceAll('\0', '\uFFFD')));
}

import { z } from 'zod';

/** Whether the databases can keep a text: a NUL and half of a surrogate pair are what they refuse. */
export function isKeepable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** An id as a caller sends it: some write UUIDs in capitals, the databases never do. */
export const sentId = z.uuid().toLowerCase();

/**
 * What people call something, on one line. Every character of it can be seen: what is hidden or turns the line round would
 * make two names look alike, and one that has to be typed again impossible to type.
 */
export const nameText = z
  .string()
  .trim()
  .max(200)
  .refine((text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text), 'text without control and invisible characters');

/** Text that a stranger chose, at most `max` characters. What cannot be kept of it becomes U+FFFD, so that the rest is. */
export function foundText(max: number) {
  return z
    .string()
    .max(max)
    .overwrite((text) => (isKeepable(text) ? text : text.toWellFormed().replaceAll('\0', '\uFFFD')));
}

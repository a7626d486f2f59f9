import { hash } from 'node:crypto';

/** `restore`: what is being brought back · `before`: what it replaced · `undone`: what a way back has replaced. */
export type SideKind = 'restore' | 'before' | 'undone';

/** Postgres cuts longer names off without a word. */
const longestName = 63;

/** Name of a database beside the one called `name`, told apart by the id of the restore. */
export function sideName(name: string, kind: SideKind, id: string): string {
  const suffix = `_${kind}_${id}`;
  if (Buffer.byteLength(name + suffix) <= longestName) return name + suffix;
  const digest = `_${hash('sha256', name).slice(0, 8)}`;
  const room = longestName - suffix.length - digest.length;
  return Buffer.from(name).subarray(0, room).toString().replace(/�+$/, '') + digest + suffix;
}

/** Names a restore by its second, in UTC: `20261122231500`. */
export function restoreIdOf(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '');
}

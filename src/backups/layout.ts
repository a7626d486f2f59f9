import { bundleIdSchema } from '../contract/index.ts';

/** Where things lie below the root of a target. */
export const bundlesPrefix = 'bundles/';
/** What is being written or removed. */
export const unfinishedPrefix = 'incoming/';
export const ledgerPrefix = 'ledger/';
export const pinsPrefix = 'pins/';

/** Files of a bundle that describe the others. */
export const documentName = 'bundle.json';
export const documentCopyName = 'bundle.json.copy';
/** As `sha256sum -c` reads it. */
export const sumsName = 'SHA256SUMS';

/** Key of a bundle's folder, with a slash at its end. */
export function bundlePrefix(id: string): string {
  return `${bundlesPrefix}${id}/`;
}

/** Marks a bundle as being written or removed, where that cannot be done in one step. */
export function unfinishedMark(id: string): string {
  return `${unfinishedPrefix}${id}.json`;
}

/** True for the id of a bundle; false for everything else, paths above all. */
export function isBundleId(text: string): boolean {
  return bundleIdSchema.safeParse(text).success;
}

/** True for a key that stays below the root, whatever is done with it: no `..`, nothing hidden, nothing odd. */
export function isSafeKey(key: string): boolean {
  return key.length <= 300 && key.split('/').every((part) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part));
}

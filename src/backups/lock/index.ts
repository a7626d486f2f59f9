export { requireNoTaking, restoreLockClass } from './database-lock.ts';
export { lockFolder, unusable } from './folder-lock.ts';
export { holderOf } from './holder.ts';
export { lockForReading, lockForTaking } from './lock.ts';
export { claimBundle, useIfPossible, type BundleHold } from './use.ts';

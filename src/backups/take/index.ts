export { lockFolder, unusable } from './folder-lock.ts';
export { holderOf } from './holder.ts';
export { lockBackups } from './lock.ts';
export { bringCopy, sweepUnfinished } from './publish.ts';
export { readSizes } from './sizes.ts';
export { takeBundle, type TakeDeps, type TakenBundle } from './take.ts';

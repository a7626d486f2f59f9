export { lockFolder, unusable } from './folder-lock.ts';
export { holderOf } from './holder.ts';
export { sweepUnfinished } from './publish.ts';
export { readSizes } from './sizes.ts';
export { takeBundle, type TakeDeps, type TakenBundle } from './take.ts';

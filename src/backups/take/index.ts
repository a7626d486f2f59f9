export { lockFolder, unusable } from './folder-lock.ts';
export { holderOf } from './holder.ts';
export { lockBackups } from './lock.ts';
export type { TakeObserver } from './progress.ts';
export { sweepUnfinished } from './publish.ts';
export { readSizes } from './sizes.ts';
export { takeBundle, type TakeDeps, type TakenBundle, type TakeRequest } from './take.ts';

export { bringCopy, sweepUnfinished } from './publish.ts';
export { readSizes } from './sizes.ts';
export { takeBundle, type TakeDeps, type TakenBundle } from './take.ts';

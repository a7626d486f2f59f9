export { watchLeasing, type LeaseWatch } from './lease-watch.ts';
export { findEngines, type EngineOptions } from './engines.ts';
export { openSnapshots } from './snapshots/open.ts';

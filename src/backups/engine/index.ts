export { findEngines, type EngineOptions } from './engines.ts';
export { openSnapshots } from './snapshots/open.ts';

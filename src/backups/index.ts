export { backupErrorTable } from './errors.ts';
export { findEngines, openSnapshots, type EngineOptions } from './engine/index.ts';
export type { BackupTarget, BundleRecords, DumpEngines, LoadRequest, Snapshots } from './types.ts';

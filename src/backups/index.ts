export {
  filesOf,
  listBundles,
  makeBundleId,
  readBundle,
  requireKnownRelease,
  requireOwnBundle,
  writeBundleDocuments,
  type BundleListing,
  type ReadBundle,
  type StoredBundle,
} from './bundle/index.ts';
export { findEngines, openSnapshots, watchLeasing, type EngineOptions, type LeaseWatch } from './engine/index.ts';
export { proveBundle, readProveHindrance, type ProveRequest } from './prove/index.ts';
export { sourceOn, type BundleSource, type Unseal } from './reload/source.ts';
export { openRecords } from './records.ts';
export { DirectoryTarget } from './targets/index.ts';
export { standingOf, verifyChecksums, type BundleStanding } from './verify/index.ts';
export { createBackupService, type BackupService, type BackupServiceOptions } from './service/service.ts';
export { shortestToken } from './service/token.ts';
export type * from './types.ts';

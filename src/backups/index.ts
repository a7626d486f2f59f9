export {
  filesOf,
  listBundles,
  makeBundleId,
  readBundle,
  writeBundleDocuments,
  type BundleListing,
  type ReadBundle,
  type StoredBundle,
} from './bundle/index.ts';
export { findEngines, openSnapshots, watchLeasing, type EngineOptions, type LeaseWatch } from './engine/index.ts';
export { proveBundle, readProveHindrance, type ProveRequest } from './prove/index.ts';
export { sourceOn, type BundleSource, type Unseal } from './reload/source.ts';
export { readFreeBytes as readServerFreeBytes, spaceFor } from './reload/free-space.ts';
export { reloadDatabase, requireIdentity } from './reload/load.ts';
export { makeScratch, type Scratch, type ScratchHome } from './reload/scratch.ts';
export { openServer, readServerVersion, type ServerSession } from './reload/server.ts';
export { findBundle, type FoundBundle } from './restore/source.ts';
export { readDeploymentId } from './take/deployment.ts';
export {
  forgetRestores,
  isUnfinished,
  openJournals,
  previewRestore,
  restoreBundle,
  resumeRestore,
  undoRestore,
  type BundleTerms,
  type RestoreContext,
  type RestoreJournal,
  type RestorePreview,
  type RestoreReport,
} from './restore/index.ts';
export { openRecords } from './records.ts';
export { openPlaces, type HomePlace, type KeptTarget, type Place } from './places.ts';
export { takeBundle, type TakeDeps, type TakenBundle } from './take/index.ts';
export { backupErrorCodes } from './error-codes.ts';
export { backupMetrics } from './service/metrics-table.ts';
export { DirectoryTarget, recogniseTarget, S3Target, type Recognition } from './targets/index.ts';
export { listDirectly, placeOfFolder } from './direct.ts';
export {
  proveCopy,
  requirePassed,
  standingOf,
  verifyChecksums,
  verifyCopies,
  type BundleStanding,
  type CopiesRequest,
  type VerifyLock,
} from './verify/index.ts';
export { createBackupService, type BackupService, type BackupServiceOptions } from './service/service.ts';
export { recordDirectRun } from './service/direct-run.ts';
export type { ScheduleRule } from './service/schedule.ts';
export { shortestToken } from './service/token.ts';
export type * from './types.ts';
export { openDownload, parseRange, planDownload, type DownloadPlan } from './download/index.ts';
export {
  applyRetention,
  keepReasons,
  parseRetention,
  readRetention,
  type KeepReason,
  type RetentionDecision,
  type RetentionRequest,
} from './retention/index.ts';
export { openKeyProofs, parseRecipients, readIdentities, sealTo, unsealWith, type KeyProofs } from './sealing/index.ts';
export { sweepTarget } from './sweep.ts';

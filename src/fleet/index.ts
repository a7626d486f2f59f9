export { fleetErrorTable } from './errors.ts';
export { createFleet, type Fleet, type FleetDeps } from './fleet.ts';
export {
  readCensus,
  readCensusOf,
  summariseCensus,
  type CensusClient,
  type CensusGroup,
  type CensusSummary,
} from './census/census.ts';
export {
  admitEnrolmentToken,
  createEnrolmentToken,
  endEnrolmentToken,
  listEnrolmentTokens,
  type NewEnrolmentToken,
} from './enrolment/enrol.ts';
export type { EnrolmentTokenRow } from './enrolment/store.ts';
export type { FleetFigures } from './upkeep.ts';
export { createJobQueue, type JobQueue } from './leases/queue.ts';
export { countQueuedJobs, countWithoutScanner, type QueuedCount } from './leases/queued.ts';
export type { FindingRow } from './scans/findings.ts';
export type { CountedScan, Named, Scans } from './scans/scans.ts';
export type { DetailedSchedule, ListedSchedule, Schedules } from './schedules/schedules.ts';
export type { FiringRow } from './schedules/store.ts';
export { isInWindow } from './protocol/versions.ts';
export {
  findScanner,
  listScanners,
  rename,
  revoke,
  rotate,
  type ListedScanner,
  type ScannerQuestion,
} from './scanners/administer.ts';
export type { ScannerRow } from './scanners/store.ts';

export { readFreeBytes } from './free-bytes.ts';
export type { Check } from './check.ts';
export { checks } from './checks/index.ts';
export { everythingLookedAt, runPreflight, type PreflightOptions, type PreflightReport } from './run.ts';
export { describeHorizon, horizonOf, type HorizonDatabase, type HorizonStep } from './horizon.ts';
export { recordPreflight, type Recorded } from './record.ts';
export { readRecordedRuns, type RecordedPreflight, type RecordedRuns } from './latest.ts';
export { staleReasonsOf, type DeploymentNow } from './staleness.ts';
export { preflightErrorTable } from './errors.ts';

export { readFreeBytes } from './free-bytes.ts';
export type { Check } from './check.ts';
export { checks } from './checks/index.ts';
export { everythingLookedAt, runPreflight, type PreflightOptions, type PreflightReport } from './run.ts';
export { recordPreflight } from './record.ts';
export { readLatestPreflight, type RecordedPreflight } from './latest.ts';
export { staleReasonsOf, type DeploymentNow } from './staleness.ts';
export { preflightErrorTable } from './errors.ts';

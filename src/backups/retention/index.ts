export {
  keepReasons,
  planRetention,
  type KeepReason,
  type KeptBundle,
  type RetentionDecision,
  type RetentionTerms,
} from './plan.ts';
export { parseRetention } from './policy.ts';
export { applyRetention, readRetention, type RetentionRequest } from './run.ts';

export { keepReasons, planRetention, type KeepReason, type RetentionDecision } from './plan.ts';
export { parseRetention } from './policy.ts';
export { applyRetention, readRetention, type RetentionRequest } from './run.ts';

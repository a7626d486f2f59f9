export { standingOf, type BundleStanding } from './state.ts';
export { verifyChecksums, type VerifyRequest } from './verify.ts';

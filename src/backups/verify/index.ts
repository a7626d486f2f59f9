export { readChecksums } from './read-files.ts';
export { standingOf, type BundleStanding } from './state.ts';
export { verifyChecksums } from './verify.ts';
export {
  proveCopy,
  requirePassed,
  verifyCopies,
  type CopiesRequest,
  type VerifyLock,
  type VerifyObserver,
} from './copies.ts';

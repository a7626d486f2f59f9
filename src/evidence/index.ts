export { makeEvidence, type Evidence } from './make.ts';
export type { EvidenceRequest, EvidenceSources } from './collect.ts';
export {
  findVerifyingKey,
  openSigningKey,
  parseVerifyingKey,
  publicPem,
  type KeySource,
  type VerifyingKey,
} from './key.ts';
export { verifyEvidence, type Verification } from './verify.ts';
export { evidenceFiles } from './names.ts';
export { zip } from './archive.ts';
export { evidenceError, evidenceErrorTable } from './errors.ts';

import type { BackupRun, BundleState, Verification } from '../../src/contract/index.ts';
import type { Look } from '../parts/Status.tsx';

/** What a state of a bundle means, in a few words. */
export const stateMeanings: Readonly<Record<BundleState, string>> = {
  completed: 'written whole, never checked since',
  verified: 'its checksums were read and are right',
  proven: 'restored into scratch databases, and compared',
  damaged: 'its newest check failed',
};

export const runLooks: Readonly<Record<BackupRun['state'], Look>> = {
  running: { tone: 'note', icon: 'running', word: 'running' },
  succeeded: { tone: 'good', icon: 'check', word: 'succeeded' },
  failed: { tone: 'bad', icon: 'stop', word: 'failed' },
  cancelled: { tone: 'plain', icon: 'close', word: 'cancelled' },
  interrupted: { tone: 'warn', icon: 'warning', word: 'interrupted' },
};

export const runWords: Readonly<Record<BackupRun['kind'], string>> = {
  take: 'Take',
  verify: 'Verify',
  prove: 'Prove',
  copy: 'Copy',
};

export const resultLooks: Readonly<Record<Verification['result'], Look>> = {
  passed: { tone: 'good', icon: 'check', word: 'passed' },
  failed: { tone: 'bad', icon: 'stop', word: 'failed' },
  could_not_check: { tone: 'warn', icon: 'question', word: 'could not check' },
};

export const methodWords: Readonly<Record<Verification['method'], string>> = {
  checksums: 'Checksums',
  restore: 'Restore',
};

export const pinnedLook: Look = { tone: 'plain', icon: 'lock', word: 'pinned' };
export const encryptedLook: Look = { tone: 'plain', icon: 'lock', word: 'encrypted' };
export const brokenLook: Look = { tone: 'bad', icon: 'warning', word: 'no bundle' };

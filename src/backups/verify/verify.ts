import { messageOf, type Clock } from '../../base/index.ts';
import type { Verification } from '../../contract/index.ts';
import type { BackupTarget, BundleRecords, TransferTerms } from '../types.ts';
import { readChecksums } from './read-files.ts';

export interface VerifyRequest {
  readonly target: BackupTarget;
  readonly records: BundleRecords;
  readonly id: string;
  readonly by: string;
  readonly clock: Clock;
  readonly terms: TransferTerms;
}

/**
 * Verifies one bundle on one target by its checksums, and puts the outcome into its ledger. Rejects only when it is
 * cancelled or there is no such bundle; a target that fails is an outcome: `could_not_check`.
 */
export async function verifyChecksums(request: VerifyRequest): Promise<Verification> {
  const { target, records, id, by, clock } = request;
  const started = clock.now();
  const found = await look(request);
  const at = clock.now();
  const verification: Verification = {
    bundleId: id,
    target: target.name,
    at: at.toISOString(),
    method: 'checksums',
    by,
    durationMs: Math.max(0, at.getTime() - started.getTime()),
    ...found,
  };
  // An outcome that cannot be kept is still the outcome: a target that is gone keeps nothing.
  if (found.result !== 'could_not_check') await records.record(verification);
  else await records.record(verification).catch(() => undefined);
  return verification;
}

async function look({ target, id, terms }: VerifyRequest): Promise<Pick<Verification, 'result' | 'message'>> {
  try {
    const { faults, files, bytes } = await readChecksums(target, id, terms);
    if (faults.length > 0) return { result: 'failed', message: summarise(faults) };
    return { result: 'passed', message: `${files} files with ${bytes} bytes are as they were written` };
  } catch (error) {
    terms.signal.throwIfAborted();
    if (isAboutTheBundle(error)) throw error;
    return { result: 'could_not_check', message: `the bundle could not be read: ${messageOf(error)}`.slice(0, 1000) };
  }
}

function isAboutTheBundle(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'bundle_missing';
}

function summarise(faults: readonly string[]): string {
  const shown = faults.slice(0, 5).join('; ');
  return (faults.length > 5 ? `${shown}; and ${faults.length - 5} more` : shown).slice(0, 1000);
}

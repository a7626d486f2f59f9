import { unseal } from './envelope.ts';
import type { VerifyingKey } from './key.ts';
import { evidenceFiles } from './names.ts';
import type { EvidencePack } from './pack.ts';
import { readStatement, sha256Of } from './statement.ts';

/** What evidence is worth: only `verified` is as it was made, by whoever holds the key. */
export type Verification =
  | {
      readonly outcome: 'verified';
      readonly keyId: string;
      readonly pack: EvidencePack;
      readonly page: 'verified' | 'absent';
    }
  | { readonly outcome: 'altered' | 'unsigned' | 'unknown_key'; readonly reason: string };

/** Verifies an envelope, and the page beside it when that is given. Pure. */
export function verifyEvidence(
  envelope: string,
  page: Buffer | undefined,
  key: VerifyingKey | undefined,
): Verification {
  const opened = unseal(envelope, key);
  if (opened.outcome !== 'verified') return { outcome: opened.outcome, reason: opened.reason };
  const statement = readStatement(opened.payload);
  if (statement === undefined)
    return { outcome: 'altered', reason: 'what was signed is no evidence in a form that this release reads' };
  const { pack, pageSha256 } = statement;
  if (page !== undefined && pageSha256 !== sha256Of(page))
    return { outcome: 'altered', reason: `${evidenceFiles.page} is not the page that was signed` };
  return { outcome: 'verified', keyId: opened.keyId, pack, page: page === undefined ? 'absent' : 'verified' };
}

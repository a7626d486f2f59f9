import { hasCode } from '../base/index.ts';
import { collectEvidence, type EvidenceRequest, type EvidenceSources } from './collect.ts';
import { seal } from './envelope.ts';
import { openSigningKey, type KeySource, type SigningKey } from './key.ts';
import type { EvidencePack } from './pack.ts';
import { renderPage } from './page.ts';
import { writeStatement } from './statement.ts';

/** One pack, as the two files that are handed on. */
export interface Evidence {
  readonly pack: EvidencePack;
  /** The DSSE envelope, as JSON text. */
  readonly envelope: string;
  /** The readable page. */
  readonly page: string;
  /** Id of the key that signed it; null: it is not signed. */
  readonly keyId: string | null;
  /** Why it is not signed; null when it is. */
  readonly unsignedBecause: string | null;
}

/** Collects, renders and signs. Without a key that can be used the evidence is made all the same, and says that it is unsigned. */
export async function makeEvidence(
  sources: EvidenceSources & { readonly key: KeySource },
  request: EvidenceRequest,
): Promise<Evidence> {
  const [pack, key] = await Promise.all([collectEvidence(sources, request), keyOrReason(sources.key)]);
  const signing = 'reason' in key ? undefined : key;
  const unsignedBecause = 'reason' in key ? key.reason : null;
  const keyId = signing?.keyId ?? null;
  const page = renderPage(pack, { keyId, unsignedBecause });
  return { pack, page, envelope: seal(writeStatement(pack, page), signing), keyId, unsignedBecause };
}

async function keyOrReason(source: KeySource): Promise<SigningKey | { readonly reason: string }> {
  try {
    return await openSigningKey(source);
  } catch (error) {
    if (!hasCode(error, 'evidence_key_invalid')) throw error;
    return { reason: error.message };
  }
}

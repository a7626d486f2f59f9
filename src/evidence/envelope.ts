import { sign, verify } from 'node:crypto';
import { z } from 'zod';
import type { SigningKey, VerifyingKey } from './key.ts';

/** What the payload is: an in-toto statement, so that tools of that world can read it. */
const payloadType = 'application/vnd.in-toto+json';

const envelopeSchema = z.strictObject({
  payloadType: z.literal(payloadType),
  payload: z.string(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })).max(1),
});

/** Of an envelope: its payload, and what its signature is worth to whoever holds a key. */
export type Opened =
  | { readonly outcome: 'verified'; readonly payload: string; readonly keyId: string }
  | { readonly outcome: 'unsigned' | 'altered'; readonly reason: string }
  | { readonly outcome: 'unknown_key'; readonly reason: string; readonly keyId: string };

/**
 * Puts a payload into a DSSE envelope (https://github.com/secure-systems-lab/dsse), signed when there is a key. Its text is
 * canonical: one envelope has one text.
 */
export function seal(payload: string, key: SigningKey | undefined): string {
  const signatures =
    key === undefined
      ? []
      : [{ keyid: key.keyId, sig: sign(null, preAuthentication(payload), key.privateKey).toString('base64') }];
  return textOf({ payloadType, payload: Buffer.from(payload).toString('base64'), signatures });
}

/** Opens an envelope. Only the signed bytes count: whatever else a text could be read as is altered. */
export function unseal(text: string, key: VerifyingKey | undefined): Opened {
  const envelope = parse(text);
  if (envelope === undefined || textOf(envelope) !== text)
    return { outcome: 'altered', reason: 'it is not an envelope as it was written' };
  const payload = fromBase64(envelope.payload)?.toString('utf8');
  if (payload === undefined) return { outcome: 'altered', reason: 'its payload is not what base64 gives' };
  const [signature] = envelope.signatures;
  if (signature === undefined)
    return { outcome: 'unsigned', reason: 'it carries no signature, so that anybody may have written it' };
  if (key === undefined || key.keyId !== signature.keyid)
    return { outcome: 'unknown_key', keyId: signature.keyid, reason: whyUnknown(signature.keyid, key) };
  const bytes = fromBase64(signature.sig);
  const isGood = bytes !== undefined && verify(null, preAuthentication(payload), key.publicKey, bytes);
  return isGood
    ? { outcome: 'verified', payload, keyId: key.keyId }
    : { outcome: 'altered', reason: `the signature of key ${key.keyId} does not fit what was signed` };
}

function whyUnknown(keyId: string, key: VerifyingKey | undefined): string {
  const held = key === undefined ? 'no key to verify it with was found' : `the key at hand is ${key.keyId}`;
  return `it was signed by key ${keyId}, and ${held}`;
}

function textOf(envelope: z.infer<typeof envelopeSchema>): string {
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

function parse(text: string): z.infer<typeof envelopeSchema> | undefined {
  try {
    return envelopeSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The bytes of canonical base64; Node alone would pass over whatever does not belong. */
function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** DSSE's pre-authentication encoding: type and payload, each with its length in bytes. */
function preAuthentication(payload: string): Buffer {
  const body = Buffer.from(payload);
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `;
  return Buffer.concat([Buffer.from(head), body]);
}

import { Decrypter, Encrypter } from 'age-encryption';
import { Duplex } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { messageOf, type Secret } from '../../base/index.ts';
import { sealingError } from './errors.ts';

/** Makes what encrypts one stream to the recipients, any of whom can decrypt it. */
export function sealTo(recipients: readonly string[]): () => Duplex {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return () => through(async (source) => await encrypter.encrypt(source));
}

/**
 * Makes what decrypts one stream. It fails with `bundle_key_wrong` or `bundle_unsealing_failed`; what it gave out
 * before the latter was authentic, piece by piece, but is not the whole.
 */
export function unsealWith(identities: readonly Secret[]): () => Duplex {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity.reveal());
  return () => through(async (source) => await decrypter.decrypt(source).catch(refuseHeader), refusePayload);
}

type Bytes = globalThis.ReadableStream<Uint8Array>;

/** A stream of Node around one of the web, which is only made when the first bytes come. */
function through(open: (source: Bytes) => Promise<Bytes>, explain?: (error: unknown) => never): Duplex {
  return Duplex.from(async function* (source: AsyncIterable<Uint8Array>) {
    const opened = await open(ReadableStream.from(source) as Bytes);
    try {
      yield* opened;
    } catch (error) {
      explain?.(error);
      throw error;
    }
  });
}

function refuseHeader(error: unknown): never {
  if (!messageOf(error).includes('no identity matched')) refusePayload(error);
  throw sealingError('bundle_key_wrong', {
    message: 'the private key that was given is of none of the recipients of this bundle',
    hint: 'Give the key file of one of the recipients: `encryption` in bundle.json names them.',
    cause: error,
  });
}

function refusePayload(error: unknown): never {
  throw sealingError('bundle_unsealing_failed', {
    message: `the file is not what age wrote: ${messageOf(error)}`,
    hint: 'Verify the bundle with `plimsoll backup verify`, and use another copy of it.',
    cause: error,
  });
}

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, makeFolders, messageOf, systemCodeOf, type Secret } from '../base/index.ts';
import { evidenceError } from './errors.ts';

const fileName = 'evidence-key.pem';

/** Where the signing key comes from: the setting, else a file in the data folder. */
export interface KeySource {
  /** PKCS #8 in PEM form. */
  readonly pem: Secret | undefined;
  readonly dataDir: string;
}

/** An Ed25519 key for signing, and the id by which others know it. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly keyId: string;
}

/** A key for verifying. */
export interface VerifyingKey {
  readonly publicKey: KeyObject;
  readonly keyId: string;
}

/** Opens the signing key; makes one in the data folder where there is none and no setting names another. Throws evidence_key_invalid. */
export async function openSigningKey(source: KeySource): Promise<SigningKey> {
  const pem = source.pem?.reveal() ?? (await readOrMake(source.dataDir));
  const from = source.pem === undefined ? join(source.dataDir, fileName) : 'EVIDENCE_SIGNING_KEY';
  const privateKey = parse(from, () => createPrivateKey(pem));
  return { privateKey, keyId: keyIdOf(createPublicKey(privateKey)) };
}

/** The key that is there, for verifying; undefined when there is none. Makes nothing. */
export async function findVerifyingKey(source: KeySource): Promise<VerifyingKey | undefined> {
  const pem = source.pem?.reveal() ?? (await readIfThere(join(source.dataDir, fileName)));
  return pem === undefined ? undefined : parseVerifyingKey(pem, 'the signing key');
}

/** A public key, or the public half of a private one, from PEM. Throws evidence_key_invalid. */
export function parseVerifyingKey(pem: string, from: string): VerifyingKey {
  const publicKey = parse(from, () => createPublicKey(pem));
  return { publicKey, keyId: keyIdOf(publicKey) };
}

/** The public half in PEM form, to be handed to whoever verifies. */
export function publicPem({ publicKey }: VerifyingKey): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

/** Lower-case hex SHA-256 of the public key's DER form. */
function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function parse(from: string, read: () => KeyObject): KeyObject {
  const key = orUndefined(read);
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw evidenceError('evidence_key_invalid', {
    message: `${from} holds ${key === undefined ? 'no key in PEM form' : `a key of type ${key.asymmetricKeyType}`}, expected Ed25519`,
    hint: 'Make one with `openssl genpkey -algorithm ed25519 -out evidence-key.pem`.',
  });
}

/** What the parser says of a key that is none could quote it. */
function orUndefined(read: () => KeyObject): KeyObject | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

async function readOrMake(dataDir: string): Promise<string> {
  const path = join(dataDir, fileName);
  const found = await readIfThere(path);
  if (found !== undefined) return found;
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  try {
    await makeFolders(dataDir, 0o700);
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(pem);
    await file.sync();
    return pem;
  } catch (error) {
    // Another process has made it at the same time: that one counts.
    const theirs = systemCodeOf(error) === 'EEXIST';
    const made = theirs ? await readIfThere(path) : undefined;
    if (made !== undefined && made !== '') return made;
    throw hasCode(error, 'evidence_key_invalid') ? error : unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Error {
  return evidenceError('evidence_key_invalid', {
    message: `the signing key ${path} can be neither read nor made: ${messageOf(error)}`,
    hint: `Make ${path} readable, or name a key with EVIDENCE_SIGNING_KEY_FILE.`,
  });
}

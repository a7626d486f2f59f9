import { identityToRecipient } from 'age-encryption';
import { readFile } from 'node:fs/promises';
import { messageOf, Secret } from '../../base/index.ts';
import { sealingError } from './errors.ts';

/** Reads an operator's key file, as `age-keygen` writes it. Throws `age_identity_invalid`, without a word of the key. */
export async function readIdentities(path: string): Promise<readonly Secret[]> {
  const lines = (await readKeyFile(path)).split('\n').map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => new Secret(line));
  if (identities.length === 0) throw refuse(path, 'it holds no key');
  for (const identity of identities) await requireIdentity(path, identity);
  return identities;
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw refuse(path, messageOf(error), error);
  }
}

async function requireIdentity(path: string, identity: Secret): Promise<void> {
  try {
    if (!identity.reveal().startsWith('AGE-SECRET-KEY-1')) throw new Error('not an X25519 key');
    await identityToRecipient(identity.reveal());
  } catch {
    // The cause is not kept: it quotes the key.
    throw refuse(path, 'a line of it is not a key of the form AGE-SECRET-KEY-1…');
  }
}

function refuse(path: string, found: string, cause?: unknown): Error {
  return sealingError('age_identity_invalid', {
    message: `the key file ${path} cannot be used: ${found}`,
    hint: 'Give the file that `age-keygen -o` wrote when the recipient was made.',
    cause,
  });
}

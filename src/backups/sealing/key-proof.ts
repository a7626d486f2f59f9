import { armor, Encrypter } from 'age-encryption';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError, type Clock } from '../../base/index.ts';
import { keyProofSchema, type KeyProof } from '../../contract/index.ts';
import { readSmall } from '../read-small.ts';
import type { BackupTarget } from '../types.ts';
import { sealingError } from './errors.ts';

const keysPrefix = 'keys/';
const challengeLifetimeMs = 60 * 60 * 1000;
const recordLimitBytes = 16 * 1024;

/** Where it is recorded who last proved to hold the private key of a recipient. */
export interface KeyProofs {
  /** A new challenge, in age's armour; the one before it can no longer be answered. */
  challenge(recipient: string): Promise<string>;
  /** Records the proof. Throws `key_challenge_unknown` or `key_challenge_failed`. */
  answer(recipient: string, text: string, by: string): Promise<KeyProof>;
  /** One for each recipient in use. */
  states(): Promise<readonly KeyProof[]>;
}

export interface KeyProofOptions {
  readonly recipients: readonly string[];
  /** Where the records lie. */
  readonly target: BackupTarget;
  readonly clock: Clock;
}

interface Challenge {
  readonly text: string;
  readonly until: number;
}

/**
 * A challenge is a random text that only the holder of the key can read. It is kept in memory alone and taken away by
 * the first answer, right or wrong, so that none is ever asked twice.
 */
export function openKeyProofs({ recipients, target, clock }: KeyProofOptions): KeyProofs {
  const open = new Map<string, Challenge>();
  return {
    challenge: async (recipient) => {
      if (!recipients.includes(recipient)) throw unknownChallenge();
      const text = `plimsoll-${randomBytes(20).toString('hex')}`;
      const sealed = await sealText(text, recipient);
      open.set(recipient, { text, until: clock.now().getTime() + challengeLifetimeMs });
      return sealed;
    },
    answer: async (recipient, text, by) => {
      const challenge = open.get(recipient);
      open.delete(recipient);
      requireAnswer(challenge, text, clock.now().getTime());
      const proof: KeyProof = { recipient, provenAt: clock.now().toISOString(), provenBy: by };
      await target.put(proofKey(recipient), Buffer.from(`${JSON.stringify(proof, null, 2)}\n`));
      return proof;
    },
    states: async () => await Promise.all(recipients.map((recipient) => readProof(target, recipient))),
  };
}

async function sealText(text: string, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}

function requireAnswer(challenge: Challenge | undefined, text: string, nowMs: number): void {
  if (challenge === undefined || nowMs > challenge.until) throw unknownChallenge();
  const given = Buffer.from(text.trim());
  const wanted = Buffer.from(challenge.text);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw sealingError('key_challenge_failed', {
    message: 'the answer is not the text of the challenge',
    hint: 'Ask for a new challenge and decrypt it with `age -d -i KEYFILE`.',
  });
}

function unknownChallenge(): AppError {
  return sealingError('key_challenge_unknown', {
    message: 'there is no challenge open for this recipient',
    hint: 'Ask for a challenge, decrypt it with `age -d -i KEYFILE`, and answer within the hour.',
  });
}

function proofKey(recipient: string): string {
  return `${keysPrefix}${recipient}.json`;
}

/** A record that is missing or damaged proves nothing. */
async function readProof(target: BackupTarget, recipient: string): Promise<KeyProof> {
  const unproven: KeyProof = { recipient, provenAt: null, provenBy: '' };
  try {
    const content = await readSmall(target, proofKey(recipient), recordLimitBytes);
    const parsed = keyProofSchema.safeParse(JSON.parse(content?.toString() ?? ''));
    return parsed.success && parsed.data.recipient === recipient ? parsed.data : unproven;
  } catch (error) {
    if (error instanceof SyntaxError) return unproven;
    if (error instanceof AppError && error.code.startsWith('target_object_')) return unproven;
    throw error;
  }
}

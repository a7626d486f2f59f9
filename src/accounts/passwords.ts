import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Secret } from '../base/index.ts';
import { accountError } from './errors.ts';

/**
 * argon2id with 19 MiB of memory, 2 passes and 1 lane.
 * Source: OWASP Password Storage Cheat Sheet, "Argon2id"; argon2id is the package's default algorithm.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const shortest = 12;
const longest = 1000;

/**
 * Throws `password_too_weak` unless the password is long enough and not the username.
 * Sources: OWASP ASVS 4.0.3 2.1.1 (12 characters), NIST SP 800-63B 5.1.1.2 (no composition rules; refuse context words).
 */
export function checkPassword(password: Secret, username: string): void {
  const problem = weaknessOf(password.reveal(), username);
  if (problem === undefined) return;
  throw accountError('password_too_weak', {
    message: `the password for ${JSON.stringify(username)} ${problem}`,
    hint: `Choose one of ${shortest} to ${longest} characters that is not the username; a few unrelated words do well.`,
  });
}

function weaknessOf(password: string, username: string): string | undefined {
  const length = Array.from(normalize(password)).length;
  if (length < shortest) return `has ${length} characters, expected at least ${shortest}`;
  if (length > longest) return `has ${length} characters, expected at most ${longest}`;
  return normalize(password).toLowerCase() === username.toLowerCase() ? 'is the username' : undefined;
}

/** A new password: 120 random bits, in groups that can be read aloud. */
export function generatePassword(): Secret {
  const text = randomBytes(15).toString('hex').toUpperCase();
  return new Secret(text.match(/.{5}/g)?.join('-') ?? text);
}

/** The PHC string to store for a password; salted, so it differs each time. */
export async function hashPassword(password: Secret): Promise<string> {
  return await hash(normalize(password.reveal()), cost);
}

/** Whether the password is the one behind the stored PHC string; false for a string that is none. */
export async function isPassword(password: Secret, stored: string): Promise<boolean> {
  try {
    return await verify(stored, normalize(password.reveal()));
  } catch {
    return false;
  }
}

/** One spelling for what keyboards encode differently (NIST SP 800-63B 5.1.1.2). */
function normalize(password: string): string {
  return password.normalize('NFKC');
}

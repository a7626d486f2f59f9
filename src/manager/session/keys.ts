import { randomBytes, scrypt } from 'node:crypto';
import { inspect, promisify } from 'node:util';
import type { Secret } from '../../base/index.ts';

const derive = promisify<string, string, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** What session cookies are encrypted with, and what they are called. Not printable. */
export class SessionKeys {
  readonly #key: Buffer;
  /**
   * Ends in a fingerprint of the key: browsers share cookies between ports, and two stacks side by side on one
   * machine must not overwrite each other's sessions.
   */
  readonly cookieName: string;

  constructor(material: Buffer) {
    this.#key = material.subarray(0, 32);
    this.cookieName = `plimsoll_${material.subarray(32, 36).toString('hex')}`;
  }

  revealKey(): Buffer {
    return this.#key;
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/**
 * The keys for SESSION_SECRET, the same on every replica; for undefined, random ones of this process alone.
 * scrypt with N=2^15, r=8, p=1 (32 MiB) makes guessing a weak secret from a captured cookie expensive.
 */
export async function deriveSessionKeys(secret: Secret | undefined): Promise<SessionKeys> {
  if (secret === undefined) return new SessionKeys(randomBytes(36));
  const options = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
  // The salt is fixed because replicas must come to the same key without talking to each other.
  return new SessionKeys(await derive(secret.reveal(), 'plimsoll session cookie v1', 36, options));
}

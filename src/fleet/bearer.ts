import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../base/index.ts';

/** Makes a bearer text: a prefix by which leaked ones are recognised, and 256 random bits. */
export function createBearer(prefix: string): Secret {
  return new Secret(`${prefix}${randomBytes(32).toString('base64url')}`);
}

/** SHA-256 of a bearer text. Enough for 256 random bits: there is nothing to guess that a slow hash would protect. */
export function hashBearer(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

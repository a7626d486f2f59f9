import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../../base/index.ts';

/** What every API token begins with, so that secret scanners can know one. */
export const tokenPrefix = 'plm_';

const form = /^plm_[A-Za-z0-9_-]{43}$/;

/** A new API token: the prefix and 256 random bits. */
export function createTokenText(): Secret {
  return new Secret(`${tokenPrefix}${randomBytes(32).toString('base64url')}`);
}

/** Whether a text has the form of a token; junk is refused without asking any database. */
export function isTokenText(text: string): boolean {
  return form.test(text);
}

/** What is stored and looked up in place of a token. A plain SHA-256 is enough for 256 random bits. */
export function hashToken(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

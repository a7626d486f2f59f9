import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Secret } from '../../base/index.ts';
import { backupServiceError } from './errors.ts';

/** Fewer characters can be guessed. */
export const shortestToken = 16;

/** Makes the check of every call that needs the token; it takes the same time for any wrong one. */
export function tokenCheck(token: Secret): (request: FastifyRequest) => void {
  const expected = digest(token.reveal());
  return ({ headers }) => {
    const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
    throw backupServiceError('service_token_refused', {
      message: given === undefined ? 'this call needs a Bearer token' : 'the token is not the one of this service',
      hint: 'Send `Authorization: Bearer` with the BACKUP_SERVICE_TOKEN that the service was started with.',
    });
  };
}

/** Of equal length, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

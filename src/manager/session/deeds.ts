import type { FastifyRequest } from 'fastify';
import type { AuditEvent } from '../../accounts/index.ts';
import type { AuditTrail } from './audit-trail.ts';

export interface Deeds {
  readonly audit: AuditTrail;
}

/** Writes into the audit log what whoever made this request has done. */
export function recordDeed(
  { audit }: Deeds,
  { identity, id }: Pick<FastifyRequest, 'identity' | 'id'>,
  deed: Pick<AuditEvent, 'action' | 'subject' | 'details'>,
): void {
  audit.record({
    actor: identity?.username ?? 'unknown',
    actorMethod: identity?.method ?? 'system',
    requestId: id,
    ...deed,
  });
}

import type { FastifyRequest } from 'fastify';
import type { Administration, AuditEvent } from '../../accounts/index.ts';
import type { Clock } from '../../base/index.ts';
import type { Database } from '../../postgres/index.ts';
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

/** Who changes accounts by this request: such a change and its line in the audit log are one transaction. */
export function administrationOf(
  { config, clock }: { readonly config: Database; readonly clock: Clock },
  { identity, id }: Pick<FastifyRequest, 'identity' | 'id'>,
): Administration {
  const actor = { name: identity?.username ?? 'unknown', method: identity?.method ?? ('system' as const) };
  return { database: config, clock, actor, requestId: id };
}

import { waitedKey, type AuditEvent } from '../../accounts/index.ts';
import type { AuditEntry } from '../../contract/index.ts';

/** An event as the API shows it: how long it waited beside its details and not among them. */
export function entryOf(event: AuditEvent & { readonly id: string | null }): AuditEntry {
  const { [waitedKey]: waited, ...details } = event.details;
  return {
    id: event.id,
    happenedAt: event.happenedAt.toISOString(),
    actor: event.actor,
    actorMethod: event.actorMethod,
    action: event.action,
    subject: event.subject,
    details,
    requestId: event.requestId,
    waitedSeconds: typeof waited === 'number' ? waited : null,
  };
}

import type { Queryable } from '../../postgres/index.ts';

/** One line of the audit log: who did what to whom. Never holds a secret. */
export interface AuditEvent {
  readonly happenedAt: Date;
  readonly actor: string;
  readonly actorMethod: 'password' | 'token' | 'recovery' | 'command' | 'system';
  /** Dotted, as in `user.created`. */
  readonly action: string;
  readonly subject: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
}

/** Appends one event. */
export async function insertAuditEvent(database: Queryable, event: AuditEvent): Promise<void> {
  await database.query(
    `insert into audit_events (happened_at, actor, actor_method, action, subject, details, request_id)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      event.happenedAt,
      event.actor,
      event.actorMethod,
      event.action,
      event.subject,
      JSON.stringify(event.details),
      event.requestId,
    ],
  );
}

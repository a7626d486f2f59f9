import type { Queryable } from '../../postgres/index.ts';

/** One line of the audit log: who did what to whom. Never holds a secret. */
export interface AuditEvent {
  readonly happenedAt: Date;
  readonly actor: string;
  readonly actorMethod: 'password' | 'oidc' | 'token' | 'recovery' | 'command' | 'system';
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

/** Under this name, an event that had to wait for the config database says in its details for how many seconds. */
export const waitedKey = 'waitedSeconds';

export interface AuditRow extends AuditEvent {
  /** Grows with the order in which events were written, which need not be that in which they happened. */
  readonly id: string;
}

/** Which events are wanted; null does not matter. */
export interface AuditQuestion {
  /** Part of the actor's name, in any case. */
  readonly actor: string | null;
  /** How the action begins. */
  readonly action: string | null;
  /** Part of the subject or of the details, in any case. */
  readonly about: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
  /** Only what comes after the event with this id. */
  readonly before: string | null;
  readonly limit: number;
}

/** Events by the time at which they happened, newest first. */
export async function readAuditEvents(database: Queryable, wanted: AuditQuestion): Promise<AuditRow[]> {
  const { actor, action, about, since, until, before, limit } = wanted;
  return await database.query<AuditRow>(
    `select id::text as id, happened_at as "happenedAt", actor, actor_method as "actorMethod", action, subject, details,
            request_id as "requestId"
       from audit_events
      where ($1::text is null or position(lower($1) in lower(actor)) > 0)
        and ($2::text is null or starts_with(action, $2))
        and ($3::text is null or position(lower($3) in lower(coalesce(subject, '') || ' ' || details::text)) > 0)
        and ($4::timestamptz is null or happened_at >= $4)
        and ($5::timestamptz is null or happened_at <= $5)
        and ($6::bigint is null or (happened_at, id) < (select happened_at, id from audit_events where id = $6))
      order by audit_events.happened_at desc, audit_events.id desc limit $7`,
    [actor, action, about, since, until, before, limit],
  );
}

import { systemClock, type Clock } from '../base/index.ts';
import { sqlState, sqlStateOf, type Database, type Queryable } from '../postgres/index.ts';
import { insertAuditEvent, type AuditEvent } from './audit/store.ts';
import { accountError } from './errors.ts';

/** Who makes a change, for the audit log. */
export interface Actor {
  readonly name: string;
  readonly method: AuditEvent['actorMethod'];
}

/** The config database and who is at work in it. */
export interface Administration {
  readonly database: Database;
  readonly actor: Actor;
  readonly clock?: Clock;
  /** Of the request that asked for it, where one did. */
  readonly requestId?: string;
}

/** Runs a change in one transaction, in which its audit row is written too. */
export async function change<T>(database: Database, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  return await named(database, database.transaction(work));
}

/** Awaits work on the config database and says plainly that tables are missing, where Postgres only says which one. */
export async function named<T>(database: Database, work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) => {
    if (sqlStateOf(error) !== sqlState.undefinedTable) throw error;
    throw accountError('accounts_not_migrated', {
      message: `the ${database.target.name} database (${database.target.label}) has no tables of users and tokens yet`,
      hint: 'Run `plimsoll migrator`, then try again.',
      cause: error,
    });
  });
}

/** Writes the audit row of a change. */
export async function audit(
  transaction: Queryable,
  by: Pick<Administration, 'actor' | 'clock' | 'requestId'>,
  what: Pick<AuditEvent, 'action' | 'subject'> & { readonly details?: AuditEvent['details'] },
): Promise<void> {
  await insertAuditEvent(transaction, {
    happenedAt: (by.clock ?? systemClock).now(),
    actor: by.actor.name,
    actorMethod: by.actor.method,
    action: what.action,
    subject: what.subject,
    details: what.details ?? {},
    requestId: by.requestId ?? null,
  });
}

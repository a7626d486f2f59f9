import type { Logger } from 'pino';
import { insertAuditEvent, waitedKey, type AuditEvent } from '../../accounts/index.ts';
import { messageOf, secondsBetween, withDeadline, type Clock } from '../../base/index.ts';
import { sqlStateOf, type Database } from '../../postgres/index.ts';

/** Where the manager's own deeds are written down; never makes anybody wait. */
export interface AuditTrail {
  /** Logs the event at once and writes it to the config database as soon as that can be reached. */
  record(event: Omit<AuditEvent, 'happenedAt'>): void;
  /** Writes what waits, oldest first, until done or until the database refuses. */
  flush(): Promise<void>;
  /** The events that wait for the database, oldest first. */
  waiting(): readonly AuditEvent[];
}

export interface AuditTrailDeps {
  readonly config: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

const deadlineMs = 2000;
const mostWaiting = 10_000;
/** Longer than one attempt takes: what is written later than this was kept back. */
const promptSeconds = 5;

/** An empty trail. An event is written at least once: twice if an answer of the database was lost. */
export function createAuditTrail({ config, clock, log }: AuditTrailDeps): AuditTrail {
  const queue: AuditEvent[] = [];
  let flushing: Promise<void> | undefined;

  async function drain(): Promise<void> {
    for (let event = queue[0]; event !== undefined; event = queue[0]) {
      const next = event;
      try {
        await withDeadline(deadlineMs, async () => {
          await insertAuditEvent(config, marked(next, clock.now()));
        });
      } catch (error) {
        if (!isHopeless(error)) return;
        log.error(
          { audit: next, reason: messageOf(error) },
          'the database refuses an audit event for good; it stays in this log alone',
        );
      }
      if (queue[0] === next) queue.shift();
    }
  }

  async function flush(): Promise<void> {
    flushing ??= drain().finally(() => {
      flushing = undefined;
    });
    await flushing;
  }

  return {
    record: (facts) => {
      const event = { ...facts, happenedAt: clock.now() };
      log.info({ audit: event }, `audit: ${event.action}`);
      if (queue.length >= mostWaiting) {
        queue.shift();
        log.error(
          {},
          `more than ${mostWaiting} audit events wait for the config database; the oldest stays in this log alone`,
        );
      }
      queue.push(event);
      void flush();
    },
    flush,
    waiting: () => [...queue],
  };
}

/** In its details and not in a column: it has to be written while the schema is still that of an older release, too. */
function marked(event: AuditEvent, now: Date): AuditEvent {
  const waited = secondsBetween(event.happenedAt, now);
  return waited < promptSeconds ? event : { ...event, details: { ...event.details, [waitedKey]: waited } };
}

/** Data errors and broken constraints (SQLSTATE classes 22 and 23) do not pass by waiting. */
function isHopeless(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '');
}

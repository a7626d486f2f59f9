import { randomUUID } from 'node:crypto';
import { messageOf, type Log } from '../../base/index.ts';
import { sqlStateOf, type Database } from '../../postgres/index.ts';
import { insertChange, lockHistory, prolongWatch } from './store.ts';
import type { KeptChanges } from './waiting-file.ts';
import type { WaitingChange, Watch } from './watch.ts';

interface WriteTerms {
  readonly config: Database;
  readonly log: Log;
}

/** Writes changes of one watch and prolongs it, in one transaction. False: the database no longer knows the watch. */
export async function writeChanges(
  { config, log }: WriteTerms,
  watch: Watch,
  changes: readonly WaitingChange[],
  until: Date,
): Promise<boolean> {
  return await config.transaction(async (transaction) => {
    await lockHistory(transaction);
    if (!(await prolongWatch(transaction, watch, until))) return false;
    for (const each of changes) {
      await transaction.query('savepoint one');
      try {
        await insertChange(transaction, watch, each);
      } catch (error) {
        if (!isHopeless(error)) throw error;
        await transaction.query('rollback to savepoint one');
        log.error(
          { change: each.id, reason: messageOf(error) },
          'the database refuses a change of the posture for good',
        );
      }
    }
    return true;
  });
}

/** Writes what a manager that is gone has left, and prolongs its watch to where that ended. */
export async function writeKept(terms: WriteTerms, { watch, watchedUntil, waiting }: KeptChanges): Promise<void> {
  const until = new Date(watchedUntil);
  const late = waiting.map((each) => ({ ...each, late: true }));
  if (await writeChanges(terms, watch, late, until)) return;
  const begunAt = watch.confirmedAt ?? watch.begunAt;
  const next = { ...watch, id: randomUUID(), begunAt, because: 'restored', confirmedAt: null } as const;
  await writeChanges(terms, next, late, until);
}

/** Data errors and broken constraints (SQLSTATE classes 22 and 23) do not pass by waiting. */
function isHopeless(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '');
}

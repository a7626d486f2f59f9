import { join } from 'node:path';
import type { Clock, Log } from '../../base/index.ts';
import type { BackupRun } from '../../contract/index.ts';
import { makeRunId, openRunLedger } from './run-ledger.ts';
import { cancelled, tellable } from './runs.ts';

export interface DirectRunTerms<T> extends Pick<BackupRun, 'kind' | 'by' | 'bundleId'> {
  /** BACKUP_DIR. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when whoever does it gives up. */
  readonly signal: AbortSignal;
  /** Throws what makes a failed run of an outcome that is given all the same. */
  readonly judge?: (value: T) => void;
}

/** How work without the service tells of itself. */
export interface DirectRun {
  /** To be called when nothing else can be at work any more: what was refused before is no run. */
  begun(): Promise<void>;
  named(bundleId: string): void;
}

/**
 * Does work without the service and keeps it in the ledger of runs, where the service finds it: a run is a run, whoever did
 * it. One that is killed is settled as interrupted by the next to hold the lock. A disk that takes no record hinders nothing.
 */
export async function recordDirectRun<T>(terms: DirectRunTerms<T>, work: (run: DirectRun) => Promise<T>): Promise<T> {
  const { kind, by, bundleId, folder, clock, log, signal } = terms;
  const ledger = openRunLedger(join(folder, 'runs'));
  let run: BackupRun | undefined;
  const save = async (changed: BackupRun): Promise<void> => {
    run = changed;
    await ledger.save(changed).catch((error: unknown) => {
      log.warn({ run: changed.id, err: error }, 'the run could not be written down');
    });
  };
  const end = async (change: Partial<BackupRun>): Promise<void> => {
    if (run !== undefined) await save({ ...run, ...change, finishedAt: clock.now().toISOString() });
  };
  const begun = async (): Promise<void> => {
    const now = clock.now();
    const blank = { finishedAt: null, databases: [], doneBytes: 0, estimatedBytes: 0, error: null } as const;
    const opened = { id: makeRunId(now), kind, by, bundleId, startedAt: now.toISOString(), ...blank, databases: [] };
    await save({ ...opened, state: 'running', phase: 'by hand, without the service' });
  };
  let value: T;
  try {
    value = await work({ begun, named: (id) => (run = run && { ...run, bundleId: id }) });
  } catch (error) {
    if (signal.aborted) await end({ state: 'cancelled', error: tellable(cancelled(by)) });
    else await end({ state: 'failed', error: tellable(error) });
    throw error;
  }
  const verdict = verdictOn(value, terms);
  if (verdict === undefined) await end({ state: 'succeeded', phase: 'done', error: null });
  else await end({ state: 'failed', error: tellable(verdict) });
  return value;
}

function verdictOn<T>(value: T, { judge }: DirectRunTerms<T>): unknown {
  try {
    judge?.(value);
    return undefined;
  } catch (error) {
    return error ?? new Error('it failed without a reason');
  }
}

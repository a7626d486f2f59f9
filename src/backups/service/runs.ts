import { randomBytes } from 'node:crypto';
import { AppError, hasCode, messageOf, traced, type Clock, type Log, type SpanSpec } from '../../base/index.ts';
import type { BackupRun, BackupRunKind } from '../../contract/index.ts';
import { lockError } from '../lock/errors.ts';
import { backupServiceError } from './errors.ts';
import { interrupted, makeRunId, type RunLedger } from './run-ledger.ts';

/** What the work of a run has to say while it goes on. */
export type RunReport = Partial<Pick<BackupRun, 'phase' | 'bundleId' | 'databases' | 'doneBytes' | 'estimatedBytes'>>;

/** A run as its work sees it. */
export interface RunHandle {
  readonly id: string;
  /** Aborted when somebody cancels the run, or the service stops. */
  readonly signal: AbortSignal;
  report(change: RunReport): void;
}

export interface RunRequest {
  readonly kind: BackupRunKind;
  readonly by: string;
  /** Null: the work names it. */
  readonly bundleId: string | null;
  /** Whatever else is asked for ends it, and begins when it has let go. */
  readonly givesWay?: boolean;
}

/** Every change of a run, in order. */
export interface RunChange {
  /** Counts up as long as the process lives. */
  readonly sequence: number;
  readonly run: BackupRun;
}

/** A run that has begun. */
export interface BegunRun {
  readonly run: BackupRun;
  /** It is on the disk: from here on the next start knows of it. Never rejects. */
  readonly recorded: Promise<void>;
  /** As it ended. Never rejects. */
  readonly ended: Promise<BackupRun>;
}

export interface RunsOptions {
  readonly ledger: RunLedger;
  readonly clock: Clock;
  readonly log: Log;
}

const remembered = 200;

interface Current {
  readonly abort: AbortController;
  readonly ended: Promise<BackupRun>;
  readonly givesWay: boolean;
  cancelledBy: string | undefined;
  run: BackupRun;
}

/** The work of the service: one run at a time, kept on disk, told to whoever listens. */
export class Runs {
  readonly #ledger: RunLedger;
  readonly #clock: Clock;
  readonly #log: Log;
  #current: Current | undefined;
  #past: BackupRun[] = [];
  /** Ids of the runs of this process. */
  readonly #own = new Set<string>();
  #change: RunChange | undefined;
  #sequence = 0;
  #stopping = false;
  #saving: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<(change: RunChange) => void>();
  readonly #farewells = new Set<() => void>();
  /** Tells the changes of this process from those of another. */
  readonly process = randomBytes(4).toString('hex');

  constructor({ ledger, clock, log }: RunsOptions) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#log = log;
  }

  /** Reads the runs of other processes, earlier ones and those that work without the service. */
  async load(): Promise<void> {
    const others = (await this.#ledger.load()).filter(({ id }) => !this.#own.has(id));
    const own = this.#past.filter(({ id }) => this.#own.has(id));
    this.#past = [...own, ...others].sort((left, right) => (left.id < right.id ? 1 : -1)).slice(0, remembered);
  }

  /** Begins a run; its work goes on by itself. Throws `backup_busy`. */
  start(request: RunRequest, work: (handle: RunHandle) => Promise<void>): BegunRun {
    const before = this.#current;
    if (before !== undefined && (!before.givesWay || request.givesWay === true)) throw busy(before.run);
    if (this.#stopping) throw stopping();
    before?.abort.abort(gaveWay(request));
    const abort = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<BackupRun>();
    const givesWay = request.givesWay === true;
    const current: Current = { abort, ended, givesWay, cancelledBy: undefined, run: this.#opened(request) };
    this.#current = current;
    this.#own.add(current.run.id);
    this.#tell(current.run);
    const recorded = this.#save(current.run);
    const ready = Promise.all([recorded, before?.ended]);
    void this.#perform(current, ready, work).then(resolve);
    return { run: current.run, recorded, ended };
  }

  current(): BackupRun | null {
    return this.#current?.run ?? null;
  }

  /** The newest change of any run of this process; undefined before the first. */
  latestChange(): RunChange | undefined {
    return this.#change;
  }

  /** Newest first, without the current one. */
  past(): readonly BackupRun[] {
    return this.#past;
  }

  /** Throws `backup_run_missing`. */
  find(id: string): BackupRun {
    const run = this.#current?.run.id === id ? this.#current.run : this.#past.find((past) => past.id === id);
    if (run !== undefined) return run;
    throw backupServiceError('backup_run_missing', {
      message: `there is no run ${JSON.stringify(id.slice(0, 100))}`,
      hint: 'GET /api/status lists the newest ones.',
    });
  }

  /** Tells the run's work to end. Throws `backup_run_missing`, `backup_run_ended` or `backup_run_elsewhere`. */
  cancel(id: string, by: string): BackupRun {
    const run = this.find(id);
    if (this.#current?.run.id !== id && run.state === 'running') throw elsewhere(run);
    if (this.#current?.run.id !== id)
      throw backupServiceError('backup_run_ended', {
        message: `the run ${id} has ended already: ${run.state}`,
        hint: 'There is nothing to cancel.',
      });
    this.#current.cancelledBy ??= by;
    this.#report(this.#current, { phase: 'cancelling' });
    this.#current.abort.abort(cancelled(by));
    return this.#current.run;
  }

  /** Calls for every change from now on; gives how to end that. */
  subscribe(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls once when the service stops and nothing runs any more; gives how to end that. */
  onStopped(farewell: () => void): () => void {
    this.#farewells.add(farewell);
    return () => void this.#farewells.delete(farewell);
  }

  /** Ends what runs, and waits until it has let go of everything. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#current?.abort.abort(stopping());
    await this.#current?.ended;
    await this.#saving;
    for (const farewell of this.#farewells) farewell();
  }

  #opened({ kind, by, bundleId }: RunRequest): BackupRun {
    const now = this.#clock.now();
    return {
      id: makeRunId(now),
      kind,
      bundleId,
      state: 'running',
      by,
      startedAt: now.toISOString(),
      finishedAt: null,
      phase: 'beginning',
      databases: [],
      doneBytes: 0,
      estimatedBytes: 0,
      error: null,
    };
  }

  async #perform(
    current: Current,
    ready: Promise<unknown>,
    work: (handle: RunHandle) => Promise<void>,
  ): Promise<BackupRun> {
    const { id } = current.run;
    await ready;
    this.#log.info({ run: id, kind: current.run.kind, by: current.run.by }, 'a run begins');
    let failure: unknown;
    try {
      current.abort.signal.throwIfAborted();
      const handle = { id, signal: current.abort.signal, report: (change: RunReport) => this.#report(current, change) };
      await traced(
        () => runSpan(current.run),
        async () => await work(handle),
      );
    } catch (error) {
      failure = error ?? new Error('a run failed without a reason');
    }
    current.run = this.#closed(current, failure);
    if (this.#current === current) this.#current = undefined;
    this.#past = [current.run, ...this.#past].slice(0, remembered);
    this.#tell(current.run);
    await this.#save(current.run);
    return current.run;
  }

  #report(current: Current, change: RunReport): void {
    current.run = { ...current.run, ...change };
    this.#tell(current.run);
  }

  #closed({ run, abort, cancelledBy }: Current, failure: unknown): BackupRun {
    const ended = { ...run, finishedAt: this.#clock.now().toISOString() };
    const facts = { run: run.id, kind: run.kind, bundle: run.bundleId };
    if (failure === undefined) {
      this.#log.info(facts, 'the run succeeded');
      return { ...ended, state: 'succeeded', phase: 'done' };
    }
    if (cancelledBy !== undefined) {
      this.#log.info({ ...facts, by: cancelledBy }, 'the run was cancelled');
      return { ...ended, state: 'cancelled', error: tellable(cancelled(cancelledBy)) };
    }
    if (hasCode(abort.signal.reason, 'backup_run_gave_way')) {
      this.#log.info(facts, messageOf(abort.signal.reason));
      return { ...ended, state: 'cancelled', error: tellable(abort.signal.reason) };
    }
    if (abort.signal.aborted) {
      this.#log.warn(facts, 'the run was interrupted: the service stops');
      return interrupted(ended, this.#clock.now());
    }
    const error = tellable(failure);
    this.#log.error({ ...facts, code: error.code, err: failure }, `the run failed: ${error.message}`);
    return { ...ended, state: 'failed', error };
  }

  #tell(run: BackupRun): void {
    this.#sequence += 1;
    this.#change = { sequence: this.#sequence, run };
    for (const listener of this.#listeners) listener(this.#change);
  }

  /** A disk that takes no record must not keep a bundle from being taken. */
  async #save(run: BackupRun): Promise<void> {
    this.#saving = this.#saveAfter(this.#saving, run);
    await this.#saving;
  }

  async #saveAfter(previous: Promise<void>, run: BackupRun): Promise<void> {
    await previous;
    await this.#ledger.save(run).catch((error: unknown) => {
      this.#log.warn({ run: run.id, err: error }, 'the run could not be written down');
    });
  }
}

/** A failure as it is told of a run. */
export function tellable(error: unknown): NonNullable<BackupRun['error']> {
  if (error instanceof AppError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'internal', message: messageOf(error), hint: 'Read the log of the backup service.' };
}

function elsewhere({ id, by }: BackupRun): AppError {
  return backupServiceError('backup_run_elsewhere', {
    message: `the run ${id} is done by ${by} without this service, which cannot end it`,
    hint: 'End it in the terminal where it was begun.',
  });
}

/** What a run that was cancelled ends with. */
export function cancelled(by: string): AppError {
  return backupServiceError('backup_run_cancelled', {
    message: `cancelled by ${by}`,
    hint: 'Begin it again when it is wanted.',
  });
}

function gaveWay({ kind }: RunRequest): AppError {
  return backupServiceError('backup_run_gave_way', {
    message: `it gave way to another run (${kind})`,
    hint: 'Nothing needs to be done: the copy is made when nothing else is under way.',
  });
}

function stopping(): AppError {
  return backupServiceError('backup_run_interrupted', {
    message: 'the backup service is stopping',
    hint: 'Try again when it has been started again.',
  });
}

/** Names what runs. */
export function busy(run: BackupRun): AppError {
  const what = {
    take: 'a bundle is being taken',
    verify: 'a bundle is being verified',
    prove: 'a bundle is being proven',
    copy: 'a bundle is being copied',
  };
  return lockError('backup_busy', {
    message: `${what[run.kind]} already: run ${run.id} by ${run.by}, since ${run.startedAt}, now ${run.phase}`,
    hint: `Wait for it, or cancel it: \`POST /api/runs/${run.id}/cancel\`.`,
    details: { run },
  });
}

function runSpan({ id, kind }: BackupRun): SpanSpec {
  return { name: `backup ${kind}`, kind: 'internal', attributes: { 'plimsoll.run': id, 'plimsoll.run.kind': kind } };
}

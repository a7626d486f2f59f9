import { messageOf, type Clock, type Log } from '../../base/index.ts';
import type { BackupRun, BackupTargetState } from '../../contract/index.ts';
import type { Catalogue, Shelf } from './catalogue.ts';
import type { Runs } from './runs.ts';
import { bySchedule } from './schedules.ts';
import { lackOf } from './target-state.ts';
import type { Work } from './work.ts';

export interface CatchUpOptions {
  readonly catalogue: Catalogue;
  readonly runs: Pick<Runs, 'current' | 'subscribe'>;
  readonly work: Pick<Work, 'copy'>;
  readonly clock: Clock;
  readonly log: Log;
  /** IANA zone in which the days of retention begin. */
  readonly zone: string;
  /** Default 30 s; after a run it looks at once. */
  readonly lookEveryMs?: number;
}

/** How bringing bundles to one target went last, while it fails. */
export type CatchUpState = NonNullable<BackupTargetState['catchUp']>;

/** After so many failures in a row; after more of them as after the last. */
const pausesMs = [60_000, 300_000, 900_000, 3_600_000] as const;

/**
 * Brings to every target what it lacks of the bundles at home, the newest first, one at a time, whenever nothing else is
 * at work: a store that was away when a bundle was taken has it once it is back. A target that cannot even be listed is
 * left alone until the catalogue can read it again.
 */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #states = new Map<string, CatchUpState>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #stopped = false;
  #letGo: () => void = () => undefined;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** Undefined when the last try succeeded, or there was none. */
  stateOf(target: string): CatchUpState | undefined {
    return this.#states.get(target);
  }

  start(): void {
    this.#letGo = this.#options.runs.subscribe(({ run }) => {
      if (run.state !== 'running' && !this.#looking) this.#goIn(0);
    });
    this.#goIn(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#letGo();
    clearTimeout(this.#timer);
  }

  /** Copies one bundle, if one is missing somewhere and may be tried now. Gives whether it did. */
  async look(): Promise<boolean> {
    const next = this.#next();
    if (next === undefined || this.#options.runs.current() !== null) return false;
    const { id, target } = next;
    let ended: Promise<BackupRun>;
    try {
      ({ ended } = this.#options.work.copy(id, target, bySchedule));
    } catch (error) {
      this.#options.log.debug({ target, bundle: id }, `is put off: ${messageOf(error)}`);
      return false;
    }
    return this.#conclude(target, await ended);
  }

  #goIn(pauseMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#go(), pauseMs);
  }

  async #go(): Promise<void> {
    let more = false;
    this.#looking = true;
    try {
      more = await this.look();
    } catch (error) {
      this.#options.log.error({ err: error }, 'what is missing on a target could not be copied');
    }
    this.#looking = false;
    this.#goIn(more ? 0 : (this.#options.lookEveryMs ?? 30_000));
  }

  #next(): { readonly id: string; readonly target: string } | undefined {
    const { catalogue, clock, zone } = this.#options;
    const [home, ...others] = catalogue.shelves();
    const now = clock.now();
    for (const shelf of others) {
      if (!this.#mayTry(shelf, now)) continue;
      const newest = home && lackOf(home, shelf, { now, zone })?.missing[0];
      if (newest !== undefined) return { id: newest.id, target: shelf.target.name };
    }
    return undefined;
  }

  #mayTry({ target, error }: Shelf, now: Date): boolean {
    const state = this.#states.get(target.name);
    return error === null && (state === undefined || Date.parse(state.nextTryAt) <= now.getTime());
  }

  /** Who cancels it does not want it again in a moment; what gave way or was cut off by the end of the service is as before. */
  #conclude(target: string, run: BackupRun): boolean {
    if (run.state === 'succeeded') {
      this.#states.delete(target);
      return true;
    }
    const { error } = run;
    if (error === null || ['backup_run_gave_way', 'backup_run_interrupted'].includes(error.code)) return false;
    const failures = (this.#states.get(target)?.failures ?? 0) + 1;
    const pauseMs = pausesMs[Math.min(failures, pausesMs.length) - 1] ?? 0;
    const nextTryAt = new Date(this.#options.clock.now().getTime() + pauseMs).toISOString();
    this.#states.set(target, { failures, error: { code: error.code, message: error.message }, nextTryAt });
    this.#options.log.warn({ target, failures }, `copying is tried again in ${pauseMs / 1000} s`);
    return false;
  }
}

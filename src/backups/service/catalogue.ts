import { AppError, messageOf, withDeadline, type Log } from '../../base/index.ts';
import type { BrokenBundle, BundleManifest, BundlePin, PartError, Verification } from '../../contract/index.ts';
import type { BackupTarget } from '../types.ts';

/** A bundle as one target has it, with what is kept of it there. */
export interface ShelvedBundle {
  readonly manifest: BundleManifest;
  readonly storedBytes: number;
  /** Which file is not there or cut short, by the target's list; null when all fit. */
  readonly misfit: string | null;
  /** Newest first. */
  readonly verifications: readonly Verification[];
}

/** What one target holds. */
export interface ShelfReading {
  /** Newest first. */
  readonly bundles: readonly ShelvedBundle[];
  readonly broken: readonly BrokenBundle[];
  readonly pins: ReadonlyMap<string, BundlePin>;
  /** Null when the target cannot tell. */
  readonly freeBytes: number | null;
}

/** One target and how it is read. */
export interface ShelfSource {
  readonly target: Pick<BackupTarget, 'name' | 'kind' | 'location' | 'retention'>;
  read(signal: AbortSignal): Promise<ShelfReading>;
}

/** What is known of one target at a moment. */
export interface Shelf {
  readonly target: ShelfSource['target'];
  /** The last reading that succeeded; undefined if none has since the start. */
  readonly reading: ShelfReading | undefined;
  /** Why the last reading failed; null when it did not. */
  readonly error: PartError | null;
}

export interface CatalogueOptions {
  readonly sources: readonly ShelfSource[];
  readonly log: Log;
  /** How long one target may take to be read. */
  readonly deadlineMs?: number;
}

/** What all targets hold, in memory: no request waits for a target. */
export interface Catalogue {
  shelves(): readonly Shelf[];
  /** Reads the named target again, or all of them; never throws. A reading that is under way is waited for and followed by another. */
  refresh(name?: string): Promise<void>;
  /** Begins to read each target from time to time. */
  start(): void;
  stop(): void;
}

/** A store that is far away charges for each question. */
const periodMs: Readonly<Record<BackupTarget['kind'], number>> = { directory: 30_000, s3: 300_000 };

/** Makes the catalogue; nothing is read before `refresh` or `start`. */
export function createCatalogue({ sources, log, deadlineMs = 20_000 }: CatalogueOptions): Catalogue {
  const keepers = sources.map((source) => new ShelfKeeper(source, log, deadlineMs));
  const timers: NodeJS.Timeout[] = [];
  return {
    shelves: () => keepers.map((keeper) => keeper.shelf()),
    refresh: async (name) => {
      const chosen = keepers.filter((keeper) => name === undefined || keeper.name === name);
      await Promise.all(chosen.map(async (keeper) => await keeper.refresh()));
    },
    start: () => {
      for (const keeper of keepers)
        timers.push(setInterval(() => void keeper.refresh(), periodMs[keeper.shelf().target.kind]).unref());
    },
    stop: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

class ShelfKeeper {
  readonly #source: ShelfSource;
  readonly #log: Log;
  readonly #deadlineMs: number;
  #reading: ShelfReading | undefined;
  #error: PartError | null = { code: 'not_read_yet', message: 'not read yet' };
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(source: ShelfSource, log: Log, deadlineMs: number) {
    this.#source = source;
    this.#log = log;
    this.#deadlineMs = deadlineMs;
  }

  get name(): string {
    return this.#source.target.name;
  }

  shelf(): Shelf {
    return { target: this.#source.target, reading: this.#reading, error: this.#error };
  }

  /** What is under way may have looked before the change that this call is about: one more reading follows it. */
  async refresh(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#read().finally(() => (this.#running = undefined));
      return await this.#running;
    }
    this.#next ??= this.#readAfter(this.#running);
    await this.#next;
  }

  async #readAfter(running: Promise<void>): Promise<void> {
    await running;
    this.#next = undefined;
    await this.refresh();
  }

  async #read(): Promise<void> {
    try {
      this.#reading = await withDeadline(this.#deadlineMs, async (signal) => await this.#source.read(signal));
      if (this.#error !== null && this.#error.code !== 'not_read_yet')
        this.#log.info({ target: this.name }, 'the target can be read again');
      this.#error = null;
    } catch (error) {
      this.#tellOnce(explain(error, this.name), error);
    }
  }

  #tellOnce(error: PartError, cause: unknown): void {
    if (this.#error?.message !== error.message) this.#log.warn({ target: this.name, err: cause }, error.message);
    this.#error = error;
  }
}

function explain(error: unknown, name: string): PartError {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: 'backup_target_slow', message: `${name}: ${messageOf(error)}` };
}

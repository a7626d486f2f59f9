import type { DatabaseName, DatabaseProgress } from '../../contract/index.ts';
import type { DumpEstimate } from './sizes.ts';

/** Where a taking tells how far it is. */
export interface TakeObserver {
  /** What it is doing, in a few words. */
  phase(text: string): void;
  /** The bundle has its name. */
  named(bundleId: string): void;
  /** The dumps, in the manifest's order. */
  databases(progress: readonly DatabaseProgress[]): void;
}

/** Keeps count of the dumps. */
export class DumpProgress {
  readonly #observer: TakeObserver;
  #databases: readonly DatabaseProgress[];

  constructor(estimates: readonly DumpEstimate[], observer: TakeObserver) {
    this.#observer = observer;
    this.#databases = estimates.map(({ name, progressBytes }) => ({
      name,
      state: 'waiting',
      doneBytes: 0,
      estimatedBytes: progressBytes,
    }));
    this.#tell();
  }

  /** So much more has come. An estimate that is passed was wrong: it grows with what is done. */
  advance(name: DatabaseName, bytes: number): void {
    this.#change(name, ({ doneBytes, estimatedBytes }) => ({
      state: 'running',
      doneBytes: doneBytes + bytes,
      estimatedBytes: Math.max(estimatedBytes, doneBytes + bytes),
    }));
  }

  done(name: DatabaseName): void {
    this.#change(name, ({ doneBytes }) => ({ state: 'done', estimatedBytes: doneBytes }));
  }

  #change(name: DatabaseName, change: (progress: DatabaseProgress) => Partial<DatabaseProgress>): void {
    this.#databases = this.#databases.map((progress) =>
      progress.name === name ? { ...progress, ...change(progress) } : progress,
    );
    this.#tell();
  }

  #tell(): void {
    this.#observer.databases(this.#databases);
  }
}

import type { BackupRun } from '../contract/index.ts';
import type { Output } from './command.ts';
import { alignColumns, paint } from './terminal.ts';

const barWidth = 24;

/** What a progress needs of a run. */
export type ProgressOfRun = Pick<BackupRun, 'phase' | 'databases' | 'doneBytes' | 'estimatedBytes'>;

/** Draws a run on a terminal, over what it drew before; elsewhere nothing. */
export class BackupProgress {
  readonly #output: Output;
  #drawn = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  show(run: ProgressOfRun): void {
    if (this.#output.isTTY !== true) return;
    const width = (this.#output.columns ?? 80) - 1;
    const lines = progressLines(run).map((line) => line.slice(0, width));
    this.#output.write(`${this.#rewind()}${lines.map((line) => `${paint(this.#output, 'quiet', line)}\n`).join('')}`);
    this.#drawn = lines.length;
  }

  /** Takes away what was drawn: the answer stands in its place. */
  clear(): void {
    if (this.#drawn > 0) this.#output.write(this.#rewind());
    this.#drawn = 0;
  }

  #rewind(): string {
    return this.#drawn === 0 ? '' : `\u001B[${this.#drawn}A\u001B[0J`;
  }
}

/** One line for what is being done, and one with a bar for each database, or one for all of it. */
export function progressLines({ phase, databases, doneBytes, estimatedBytes }: ProgressOfRun): string[] {
  if (databases.length === 0)
    return estimatedBytes === 0
      ? [`  ${phase}`]
      : [`  ${phase}`, `  ${bar(doneBytes, estimatedBytes)} ${amount(doneBytes, estimatedBytes)}`];
  const rows = databases.map((database) => [
    `  ${database.name}`,
    bar(database.doneBytes, database.estimatedBytes),
    database.state === 'waiting' ? 'waiting' : amount(database.doneBytes, database.estimatedBytes),
  ]);
  return [`  ${phase}`, ...alignColumns(rows)];
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.min(barWidth, Math.floor((done / total) * barWidth));
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
}

function amount(done: number, total: number): string {
  const percent = total === 0 ? 0 : Math.min(100, Math.floor((done / total) * 100));
  return `${String(percent).padStart(3)} %  ${renderBytes(done)} of ${renderBytes(total)}`;
}

/** A size for people. */
export function renderBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1000)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

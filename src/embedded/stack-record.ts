import type { StackFile } from '../contract/index.ts';
import { removeStackFile, writeStackFile } from './stack-file.ts';

type Pids = StackFile['pids'];

/** Keeps `stack.json` true while parts come and go. Nothing is written before `publish`. */
export class StackRecord {
  readonly #dataDir: string;
  #pids: Pids = { manager: null, backup: null, scanner: null, postgres: null };
  #facts: Omit<StackFile, 'pids'> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Null: the part runs no more, and is not started again. */
  async setPid(part: keyof Pids, pid: number | null): Promise<void> {
    this.#pids = { ...this.#pids, [part]: pid };
    await this.#write();
  }

  /** The stack is ready: from here on other terminals find it. */
  async publish(facts: Omit<StackFile, 'pids'>): Promise<void> {
    this.#facts = facts;
    await this.#write();
  }

  /** Synchronous: it is also called on the way out of a forced stop. */
  remove(): void {
    this.#facts = undefined;
    removeStackFile(this.#dataDir);
  }

  /** One write after the other: two parts may be restarted in the same moment. */
  async #write(): Promise<void> {
    this.#writing = this.#writeAfter(this.#writing.catch(() => undefined));
    await this.#writing;
  }

  async #writeAfter(previous: Promise<void>): Promise<void> {
    await previous;
    if (this.#facts === undefined) return;
    const { url, ...facts } = this.#facts;
    await writeStackFile(this.#dataDir, { url, pids: this.#pids, ...facts });
  }
}

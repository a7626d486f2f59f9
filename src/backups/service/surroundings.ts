import { AppError, messageOf, withDeadline, type Log, type Secret } from '../../base/index.ts';
import type { BackupStatus, KeyProof, PartError } from '../../contract/index.ts';
import { readProveHindrance } from '../prove/index.ts';
import type { KeyProofs } from '../sealing/index.ts';
import { readSizes, type TakeDeps } from '../take/index.ts';

export interface SurroundingsDeps {
  readonly take: Pick<TakeDeps, 'urls' | 'findEngines' | 'recipients'>;
  readonly proveUrl: Secret | undefined;
  readonly keyProofs: Pick<KeyProofs, 'states'>;
  readonly log: Log;
  /** How soon it is looked at again while something stands in the way; default 10 s. */
  readonly soonMs?: number;
}

/** What the service depends on beside its targets: what dumps, what proves, who holds the keys. */
export type SurroundingFacts = Pick<BackupStatus, 'engine' | 'engineError' | 'proveError' | 'keys'>;

const periodMs = 300_000;
const defaultSoonMs = 10_000;
const deadlineMs = 20_000;

const unread: PartError = { code: 'not_read_yet', message: 'not looked for yet' };

/** Looks at it from time to time, so that no request has to. */
export class Surroundings {
  readonly #deps: SurroundingsDeps;
  #facts: SurroundingFacts = { engine: null, engineError: unread, proveError: null, keys: [] };
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: SurroundingsDeps) {
    this.#deps = deps;
  }

  facts(): SurroundingFacts {
    return this.#facts;
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#lookAgain(), this.#pauseMs()).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #lookAgain(): Promise<void> {
    await this.refresh();
    if (this.#timer !== undefined) this.start();
  }

  /** Soon while something is amiss that may be mended from outside: whoever mends it waits for this service to see it. */
  #pauseMs(): number {
    const { engineError, proveError } = this.#facts;
    const isAmiss = engineError !== null || (proveError !== null && !settled.has(proveError.code));
    return isAmiss ? (this.#deps.soonMs ?? defaultSoonMs) : periodMs;
  }

  /** Never throws: what cannot be seen is part of what is told. */
  async refresh(): Promise<void> {
    await Promise.all([this.#lookForEngine(), this.#lookForProving(), this.refreshKeys()]);
  }

  async refreshKeys(): Promise<void> {
    const keys = await this.#attempt(async () => await this.#deps.keyProofs.states());
    if (!('error' in keys)) this.#change({ keys: [...keys.value] satisfies KeyProof[] });
  }

  /** The engine that was found last stays while a database cannot be asked; the error says so. */
  async #lookForEngine(): Promise<void> {
    const { findEngines, urls } = this.#deps.take;
    const found = await this.#attempt(async () => {
      const engines = await findEngines();
      const [first] = (await readSizes(urls)).map((size) => engines.choose(size));
      return first;
    });
    if ('error' in found) return this.#change({ engineError: found.error });
    const { value } = found;
    const engine = value === undefined ? null : { name: value.name, version: value.version, program: value.program };
    this.#change({ engine, engineError: null });
  }

  async #lookForProving(): Promise<void> {
    const { proveUrl, take } = this.#deps;
    if (take.recipients.length > 0) return this.#change({ proveError: encrypted });
    const found = await this.#attempt(async () => await readProveHindrance(proveUrl));
    const hindrance = 'error' in found ? found.error : found.value;
    this.#change({ proveError: hindrance && { code: hindrance.code, message: hindrance.message } });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<{ readonly value: T } | { readonly error: PartError }> {
    try {
      return { value: await withDeadline(deadlineMs, work) };
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'something that backups depend on could not be looked at');
      return { error: { code: error instanceof AppError ? error.code : 'internal', message: messageOf(error) } };
    }
  }

  #change(change: Partial<SurroundingFacts>): void {
    this.#facts = { ...this.#facts, ...change };
  }
}

/** What stays as it is for as long as this process has its settings. */
const settled = new Set(['reload_identity_missing', 'prove_not_configured']);

/** The private key is never on this machine. */
const encrypted: PartError = {
  code: 'reload_identity_missing',
  message:
    'bundles are encrypted, and their private key is not on this machine: prove them where it is, with `plimsoll backup verify --prove --identity FILE`',
};

import type { Log } from '../base/index.ts';
import type { Answer } from './answer.ts';
import { Backoff } from './backoff.ts';
import type { ManagerClient } from './manager-client.ts';
import { Bell, type Pacer } from './pacer.ts';
import { probeError } from './probe-error.ts';
import type { Dialect } from './protocol/index.ts';
import type { Session } from './session.ts';
import type { Spool, SpooledResult } from './spool.ts';
import type { Work } from './work.ts';

export interface DeliveryOptions {
  readonly client: ManagerClient;
  readonly session: Session;
  readonly spool: Spool;
  readonly work: Work;
  readonly dialect: Dialect;
  readonly pacer: Pacer;
  readonly log: Log;
}

/** How many results travel at the same time. */
const lanes = 4;

/** Sends what is in the spool, oldest first, until the manager has acknowledged it or turned it away for good. */
export class Delivery {
  /** Rung after each round. */
  readonly settled = new Bell();
  readonly #options: DeliveryOptions;
  readonly #backoff: Backoff;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.pacer);
  }

  /** Throws when the manager refuses the credential. */
  async run(signal: AbortSignal): Promise<void> {
    const { spool, pacer } = this.#options;
    while (!signal.aborted) {
      if (spool.count === 0) await spool.filled.wait(pacer, signal);
      else await this.#roundThenRest(signal);
    }
  }

  /** Delivers until the spool is empty or a round has failed `attempts` times in a row; gives what is left. */
  async flush(attempts: number, signal: AbortSignal): Promise<number> {
    const { spool } = this.#options;
    for (let failed = 0; failed < attempts && spool.count > 0 && !signal.aborted;) {
      if (!(await this.#roundThenRest(signal, failed + 1 < attempts))) failed += 1;
    }
    return spool.count;
  }

  /** True if everything of the round is settled; otherwise it has rested, unless told not to. */
  async #roundThenRest(signal: AbortSignal, rest = true): Promise<boolean> {
    const { spool, work, pacer } = this.#options;
    const answers = await Promise.all(nextOf(spool.entries()).map(async (entry) => await this.#deliver(entry, signal)));
    // Room in the spool is room for work.
    work.freed.ring();
    this.settled.ring();
    const unsettled = answers.filter((answer) => !isSettled(answer));
    if (unsettled.length === 0) {
      this.#backoff.reset();
      return true;
    }
    const [retryAfterMs] = unsettled.flatMap((answer) => (answer.kind === 'wait' ? (answer.retryAfterMs ?? []) : []));
    if (rest) await pacer.sleep(this.#backoff.next(retryAfterMs), signal);
    return false;
  }

  async #deliver(entry: SpooledResult, signal: AbortSignal): Promise<Answer<unknown>> {
    const { client, session, spool, dialect } = this.#options;
    const answer = await client.result(session.credential, entry.jobId, dialect.encode(entry.result), signal);
    if (signal.aborted && answer.kind !== 'ok') return answer;
    session.onCall(answer);
    this.#tell(entry, answer);
    if (isSettled(answer)) await spool.remove(entry);
    if (answer.kind === 'rejected' && answer.code === 'body_too_large') await this.#reportTooLarge(entry);
    return answer;
  }

  #tell({ jobId, result }: SpooledResult, answer: Answer<unknown>): void {
    const { log } = this.#options;
    const facts = { jobId, outcome: result.outcome };
    if (answer.kind === 'ok') log.debug(facts, 'result delivered');
    if (answer.kind === 'lease_lost') log.info(facts, 'result dropped: the lease had ended and the job went elsewhere');
    if (answer.kind === 'rejected')
      log.error(
        { ...facts, code: answer.code, message: answer.message },
        'result dropped: the manager will not take it',
      );
  }

  async #reportTooLarge({ jobId, result }: SpooledResult): Promise<void> {
    if (result.outcome === 'failed') return;
    const error = probeError('result_too_large', 'the result is larger than the manager takes');
    await this.#options.spool.add(jobId, { outcome: 'failed', leaseId: result.leaseId, error });
  }
}

/** The oldest results, of different jobs: those of one job must arrive in order. */
function nextOf(entries: readonly SpooledResult[]): readonly SpooledResult[] {
  const oldest = new Map<string, SpooledResult>();
  for (const entry of entries) {
    if (oldest.size === lanes) break;
    if (!oldest.has(entry.jobId)) oldest.set(entry.jobId, entry);
  }
  return [...oldest.values()];
}

function isSettled({ kind }: Answer<unknown>): boolean {
  return kind === 'ok' || kind === 'lease_lost' || kind === 'rejected';
}

import { scannerLimits } from '../contract/index.ts';
import type { Answer } from './answer.ts';
import { Backoff } from './backoff.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { ManagerClient } from './manager-client.ts';
import type { Pacer } from './pacer.ts';
import type { Dialect } from './protocol/index.ts';
import type { Session } from './session.ts';
import type { Work } from './work.ts';

export interface LeasingOptions {
  readonly client: ManagerClient;
  readonly session: Session;
  readonly work: Work;
  readonly heartbeats: Heartbeats;
  readonly pacer: Pacer;
  readonly dialect: Dialect;
  readonly protocolVersion: number;
}

type LeaseOutcome = Answer<{ readonly jobs: readonly unknown[] }>;

/** A manager that answers "nothing yet" sooner than this is not holding the call; we must not spin. */
const quickAnswerMs = 1000;

/** Asks for jobs by long poll for as long as there is room for them. */
export class Leasing {
  readonly #options: LeasingOptions;
  readonly #backoff: Backoff;

  constructor(options: LeasingOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.pacer);
  }

  /** Throws when the manager refuses the credential. */
  async run(signal: AbortSignal): Promise<void> {
    const { work, pacer, session } = this.#options;
    while (!signal.aborted) {
      if (work.free === 0) {
        await work.freed.wait(pacer, signal);
        continue;
      }
      const startedMs = pacer.monotonicMs();
      const answer = await this.once(scannerLimits.waitSeconds, signal);
      const restMs = signal.aborted ? 0 : this.#restAfter(answer, pacer.monotonicMs() - startedMs);
      if (restMs > 0) await session.admitted.sleep(pacer, restMs, signal);
    }
  }

  /** One lease call; what it brings is taken on. */
  async once(waitSeconds: number, signal: AbortSignal): Promise<LeaseOutcome> {
    const { client, session, work, heartbeats, dialect, protocolVersion } = this.#options;
    const max = Math.max(1, Math.min(work.free, dialect.jobsPerLease));
    const answer = await client.lease(session.credential, { protocolVersion, max, waitSeconds }, signal);
    if (signal.aborted && answer.kind !== 'ok') return answer;
    session.onCall(answer);
    if (answer.kind === 'unsupported') session.onStanding(false, answer.window);
    if (answer.kind === 'ok' && answer.value.jobs.length > 0) heartbeats.renewWithin(work.take(answer.value.jobs));
    return answer;
  }

  /** How long to stay away after an answer. */
  #restAfter(answer: LeaseOutcome, tookMs: number): number {
    const { session, pacer } = this.#options;
    if (answer.kind === 'ok') {
      this.#backoff.reset();
      const spinning = answer.value.jobs.length === 0 && tookMs < quickAnswerMs;
      return spinning ? quickAnswerMs * (1 + pacer.random()) : 0;
    }
    if (answer.kind === 'unsupported') return session.paceMs;
    return this.#backoff.next(answer.kind === 'wait' ? answer.retryAfterMs : undefined);
  }
}

import { randomUUID } from 'node:crypto';
import { scannerLimits } from '../contract/index.ts';
import { Backoff } from './backoff.ts';
import type { ManagerClient } from './manager-client.ts';
import { Bell, type Pacer } from './pacer.ts';
import type { Session } from './session.ts';
import type { Work } from './work.ts';

export interface HeartbeatsOptions {
  readonly client: ManagerClient;
  readonly session: Session;
  readonly work: Work;
  readonly pacer: Pacer;
  readonly binaryVersion: string;
  readonly protocolVersion: number;
}

/** Tells the manager again and again that this scanner lives and what it holds, at the pace the manager sets. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #backoff: Backoff;
  readonly #hurry = new Bell();
  readonly #instanceId = randomUUID();
  #paceDueMs = 0;
  /** By when a lease that the manager's last pace did not reckon with must be renewed. */
  #leaseDueMs = Number.POSITIVE_INFINITY;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.pacer);
  }

  /** Throws when the manager refuses the credential. */
  async run(signal: AbortSignal): Promise<void> {
    const { pacer } = this.#options;
    while (!signal.aborted) {
      const leftMs = Math.min(this.#paceDueMs, this.#leaseDueMs) - pacer.monotonicMs();
      if (leftMs > 0) await this.#hurry.sleep(pacer, leftMs, signal);
      else await this.beat(signal);
    }
  }

  /** Brings the next heartbeat forward if a new lease would end before it. */
  renewWithin(leaseSeconds: number): void {
    const latestMs = this.#options.pacer.monotonicMs() + (leaseSeconds * 1000) / 3;
    this.#leaseDueMs = Math.min(this.#leaseDueMs, latestMs);
    this.#hurry.ring();
  }

  /** Sends one heartbeat, takes in its answer and sets when the next is due. */
  async beat(signal: AbortSignal): Promise<void> {
    const { client, session, work, pacer, binaryVersion, protocolVersion } = this.#options;
    this.#leaseDueMs = Number.POSITIVE_INFINITY;
    const running = work.held().slice(0, scannerLimits.jobsHeld);
    const request = { binaryVersion, protocolVersion, running, instanceId: this.#instanceId };
    const answer = await client.heartbeat(session.credential, request, signal);
    if (signal.aborted) return;
    session.onCall(answer);
    if (answer.kind === 'ok') {
      this.#backoff.reset();
      await session.onHeartbeat(answer.value);
      work.cancel(answer.value.cancel);
      this.#paceDueMs = pacer.monotonicMs() + session.paceMs;
    } else {
      const retryAfterMs = answer.kind === 'wait' ? answer.retryAfterMs : undefined;
      this.#paceDueMs = pacer.monotonicMs() + this.#backoff.next(retryAfterMs);
    }
  }
}

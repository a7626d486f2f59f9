import { messageOf, traced, type Log, type SpanSpec } from '../base/index.ts';
import { jobSchema, scannerLimits, type Finding, type Job, type ResultRequest } from '../contract/index.ts';
import type { Destination } from './destination.ts';
import type { ScannerMetrics } from './metrics.ts';
import { Bell } from './pacer.ts';
import { probeError } from './probe-error.ts';
import { runProbe, type ProbeOutcome } from './probes/index.ts';
import type { Dialect } from './protocol/index.ts';
import type { Spool } from './spool.ts';

export interface WorkOptions {
  readonly spool: Spool;
  readonly dialect: Dialect;
  /** Most jobs at a time. */
  readonly concurrency: number;
  readonly reach: (host: string) => Promise<Destination>;
  readonly now: () => Date;
  readonly monotonicMs: () => number;
  readonly log: Log;
  readonly metrics: ScannerMetrics;
}

interface Running {
  readonly jobId: string;
  readonly cancel: AbortController;
}

/** The jobs that run now. Each ends in one result in the spool, except when the scanner is stopped under it. */
export class Work {
  /** Rung when a job has ended and another may be taken on. */
  readonly freed = new Bell();
  readonly #options: WorkOptions;
  /** By lease: the same job may come back under a new one while the old still runs. */
  readonly #running = new Map<string, Running>();
  readonly #ends = new Set<Promise<void>>();
  #abandoned = false;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** How many more jobs may be taken on now. */
  get free(): number {
    const { concurrency, spool } = this.#options;
    if (!spool.hasRoom) return 0;
    return Math.max(0, Math.min(concurrency - this.#running.size, scannerLimits.jobsHeld - this.held().length));
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Ids of the jobs that run or whose result is not acknowledged: the ones whose leases heartbeats must renew. */
  held(): readonly string[] {
    const running = [...this.#running.values()].map(({ jobId }) => jobId);
    const spooled = this.#options.spool.entries().map(({ jobId }) => jobId);
    return [...new Set([...running, ...spooled])];
  }

  /** Takes on jobs as they came from the manager; gives the shortest lease among them, in seconds. */
  take(jobs: readonly unknown[]): number {
    const leases = jobs.map((raw) => {
      const job = jobSchema.safeParse(raw);
      if (job.success) this.#track(this.#run(job.data));
      else this.#track(this.#declineUnknown(raw));
      return job.success ? job.data.lease.leaseSeconds : Number.POSITIVE_INFINITY;
    });
    return Math.min(...leases, Number.POSITIVE_INFINITY);
  }

  cancel(jobIds: readonly string[]): void {
    for (const { jobId, cancel } of this.#running.values()) if (jobIds.includes(jobId)) cancel.abort();
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#ends.size > 0) await Promise.all(this.#ends);
  }

  /** Drops what still runs without a result: the leases end and the jobs go to somebody else. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    for (const { cancel } of this.#running.values()) cancel.abort();
    await this.idle();
  }

  #track(work: Promise<void>): void {
    const end = this.#settle(work).finally(() => this.#ends.delete(end));
    this.#ends.add(end);
  }

  async #settle(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const facts = { error: messageOf(error) };
      this.#options.log.error(facts, 'a job ended without a result; it comes back when its lease ends');
    } finally {
      this.freed.ring();
    }
  }

  async #run(job: Job): Promise<void> {
    const { reach, now, monotonicMs, spool, metrics } = this.#options;
    const { leaseId } = job.lease;
    const cancel = new AbortController();
    this.#running.set(leaseId, { jobId: job.id, cancel });
    const startedMs = monotonicMs();
    const early = new EarlyFindings(job, this.#options);
    try {
      const terms = { reach, now, cancelled: cancel.signal, foundEarly: (finding: Finding) => early.add(finding) };
      const probed = await traced(
        () => jobSpan(job),
        async () => await runProbe(job, terms),
      );
      if (this.#abandoned) return;
      const durationMs = monotonicMs() - startedMs;
      const result: ResultRequest = cancel.signal.aborted
        ? { outcome: 'cancelled', leaseId }
        : resultOf(probed, leaseId, durationMs, early.unsent);
      metrics.jobEnded(job.kind, result.outcome, durationMs / 1000);
      await spool.add(job.id, result);
    } finally {
      this.#running.delete(leaseId);
    }
  }

  /** A kind of job this scanner does not know, from a newer manager: said so at once, not left to expire. */
  async #declineUnknown(raw: unknown): Promise<void> {
    const { id, leaseId } = identify(raw);
    this.#options.log.error(
      { jobId: id ?? null },
      'the manager handed out a job that this scanner does not understand',
    );
    if (id === undefined || leaseId === undefined) return;
    const error = probeError('job_not_understood', 'this scanner does not know such a job; upgrade it');
    await this.#options.spool.add(id, { outcome: 'failed', leaseId, error });
  }
}

/** Findings that a probe hands over before it ends: sent at once where the protocol knows that, else kept for the end. */
class EarlyFindings {
  readonly unsent: Finding[] = [];
  readonly #job: Job;
  readonly #options: WorkOptions;
  #sequence = 0;

  constructor(job: Job, options: WorkOptions) {
    this.#job = job;
    this.#options = options;
  }

  add(finding: Finding): void {
    if (!this.#options.dialect.partialResults) {
      this.unsent.push(finding);
      return;
    }
    const { leaseId } = this.#job.lease;
    const partial: ResultRequest = { outcome: 'partial', leaseId, sequence: this.#sequence, findings: [finding] };
    this.#sequence += 1;
    // Kept in the order of the calls, so before the end of the same job; the spool itself never rejects.
    void this.#options.spool.add(this.#job.id, partial);
  }
}

function resultOf(probed: ProbeOutcome, leaseId: string, durationMs: number, early: readonly Finding[]): ResultRequest {
  if (probed.outcome === 'done') return { outcome: 'done', leaseId, durationMs, findings: [...early, probed.finding] };
  if (probed.outcome === 'failed') return { outcome: 'failed', leaseId, durationMs, error: probed.error };
  return { outcome: 'refused', leaseId, error: probed.error };
}

function identify(raw: unknown): { id: string | undefined; leaseId: string | undefined } {
  const id = jobSchema.options[0].shape.id.safeParse(fieldOf(raw, 'id'));
  const leaseId = jobSchema.options[0].shape.lease.shape.leaseId.safeParse(fieldOf(fieldOf(raw, 'lease'), 'leaseId'));
  return { id: id.data, leaseId: leaseId.data };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function jobSpan({ id, kind, lease }: Job): SpanSpec {
  const attributes = { 'plimsoll.job': id, 'plimsoll.job.kind': kind, 'plimsoll.job.attempt': lease.attempt };
  return { name: `job ${kind}`, kind: 'internal', attributes };
}

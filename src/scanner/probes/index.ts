import { messageOf } from '../../base/index.ts';
import type { Finding, Job } from '../../contract/index.ts';
import type { Destination } from '../destination.ts';
import { probeError } from '../probe-error.ts';
import { probeHttp } from './http.ts';
import type { ProbeContext, ProbeOutcome } from './probe.ts';
import { probeTcp } from './tcp.ts';
import { probeTls } from './tls.ts';

export type { ProbeOutcome } from './probe.ts';

export interface ProbeOptions {
  readonly reach: (host: string) => Promise<Destination>;
  readonly now: () => Date;
  /** Aborted when the job is cancelled; the outcome is then of no interest. */
  readonly cancelled: AbortSignal;
  readonly foundEarly: (finding: Finding) => void;
}

/** Runs the probe of one job within its one budget. Never rejects, and leaves no socket behind. */
export async function runProbe(job: Job, options: ProbeOptions): Promise<ProbeOutcome> {
  const { timeoutMs } = job.options;
  const budget = new AbortController();
  const timer = setTimeout(() => budget.abort(), timeoutMs);
  const context: ProbeContext = {
    signal: AbortSignal.any([options.cancelled, budget.signal]),
    timeoutMs,
    reach: options.reach,
    now: options.now,
    foundEarly: options.foundEarly,
  };
  try {
    return await dispatch(job, context);
  } catch (error) {
    return { outcome: 'failed', error: probeError('probe_crashed', messageOf(error)) };
  } finally {
    clearTimeout(timer);
  }
}

async function dispatch(job: Job, context: ProbeContext): Promise<ProbeOutcome> {
  switch (job.kind) {
    case 'tcp':
      return await probeTcp(job, context);
    case 'tls':
      return await probeTls(job, context);
    case 'http':
      return await probeHttp(job, context);
  }
}

import { assemble, type ScannerOptions, type ScannerParts } from './assemble.ts';
import { managerUnreachable, reasonOf } from './enrolment.ts';
import { scannerError } from './errors.ts';
import { createMetrics } from './metrics.ts';
import { outsideAdvice } from './session.ts';
import { untilAborted } from './until-aborted.ts';

const attempts = 4;

/** What one run came to. */
export interface OnceReport {
  readonly jobs: number;
  readonly delivered: number;
  /** Results that stay in the spool because the manager hands out and takes nothing now. */
  readonly kept: number;
}

/** Leases once, does the work, delivers it together with what was left over, and ends. A closed gate is no error. */
export async function runScannerOnce(options: ScannerOptions, stop: AbortSignal): Promise<OnceReport> {
  const { binaryVersion: version, protocolVersion, log } = options;
  const metrics = createMetrics({ version, protocolVersion });
  const parts = await assemble(options, { metrics, attempts, signal: stop });
  if (parts === undefined) return { jobs: 0, delivered: 0, kept: 0 };
  await parts.heartbeats.beat(stop);
  const leased = await parts.leasing.once(0, stop);
  if (leased.kind === 'wait') log.info({ reason: leased.code }, 'the manager hands out no jobs now');
  await finishWork(parts, stop);
  const due = parts.spool.count;
  const kept = await parts.delivery.flush(leased.kind === 'wait' ? 1 : attempts, stop);
  if (leased.kind === 'unsupported') {
    const message = outsideAdvice(protocolVersion, leased.window);
    throw scannerError('outside_protocol_window', { message, hint: 'Install the scanner of the manager’s release.' });
  }
  if (leased.kind === 'unreachable') throw managerUnreachable(reasonOf(leased));
  if (kept > 0 && leased.kind !== 'wait') throw managerUnreachable(`${kept} results are still to deliver`);
  return { jobs: leased.kind === 'ok' ? leased.value.jobs.length : 0, delivered: due - kept, kept };
}

/** Heartbeats go on beside the work, so that its leases hold. */
async function finishWork({ work, heartbeats }: ScannerParts, stop: AbortSignal): Promise<void> {
  const done = new AbortController();
  const beating = heartbeats.run(AbortSignal.any([stop, done.signal]));
  try {
    await Promise.race([work.idle(), beating, untilAborted(stop)]);
  } finally {
    await work.abandon();
    done.abort();
    await beating.catch(() => undefined);
  }
}

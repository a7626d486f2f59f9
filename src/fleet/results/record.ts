import type { ProbeError, ResultRequest } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { createBatcher } from '../batcher.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import type { Attempt, JobQueue } from '../leases/queue.ts';
import { settleCancelled, settleDone, settleFailed } from '../leases/settle.ts';
import { protocolFor } from '../protocol/versions.ts';
import {
  claimLeases,
  endLeases,
  insertFindings,
  insertResults,
  readEnds,
  readRecorded,
  type Claim,
  type ClaimedLease,
  type NewResult,
} from './store.ts';

/** A result as a scanner sent it. */
export interface Report extends Claim {
  readonly result: ResultRequest;
}

/** What became of it: `lost` is dropped for good, `not_of_protocol` was never valid. */
export type Recorded = 'recorded' | 'lost' | 'not_of_protocol';

export interface RecorderDeps {
  readonly jobs: Database;
  readonly results: Database;
  readonly queue: JobQueue;
  readonly epoch: () => number;
}

interface Held {
  readonly report: Report;
  readonly lease: ClaimedLease;
}

const mostAtOnce = 200;

/**
 * Records results in batches. A job is finished in three steps, each of which may be done again: its lease is kept alive
 * (jobs), the result is written under a key that admits one a job (results), lease and job are ended (jobs). A manager that
 * dies in between leaves a lease: its scanner repeats the result, or the sweep finds it written and ends the job.
 */
export function createRecorder(deps: RecorderDeps): (report: Report) => Promise<Recorded> {
  return createBatcher(async (reports: readonly Report[]) => await recordReports(deps, reports), mostAtOnce);
}

async function recordReports(deps: RecorderDeps, reports: readonly Report[]): Promise<Recorded[]> {
  const claimed = await retryDeadlocks(async () => await claimLeases(deps.jobs, reports, deps.epoch()));
  const held: Held[] = [];
  const missed: Report[] = [];
  const outcomes = new Map<Report, Recorded>();
  for (const report of reports) {
    const lease = claimed.get(report.leaseId);
    if (lease === undefined) missed.push(report);
    else if (protocolFor(lease.protocolVersion).outcomes.has(report.result.outcome)) held.push({ report, lease });
    else outcomes.set(report, 'not_of_protocol');
  }
  const lost = await recordHeld(deps, held);
  for (const { report } of held) outcomes.set(report, lost.has(report.leaseId) ? 'lost' : 'recorded');
  const ends = await readEnds(
    deps.jobs,
    missed.map(({ leaseId }) => leaseId),
  );
  // The same outcome as the one it ended with: the scanner never got the answer and repeats itself.
  for (const report of missed)
    outcomes.set(report, ends.get(report.leaseId) === report.result.outcome ? 'recorded' : 'lost');
  return reports.map((report) => outcomes.get(report) ?? 'lost');
}

/** Writes what leases have to report; gives the leases whose job turned out to be recorded under another one. */
async function recordHeld(deps: RecorderDeps, held: readonly Held[]): Promise<Set<string>> {
  await insertFindings(deps.results, held.flatMap(partialFindings));
  const done = held.flatMap(toResult);
  const holders =
    done.length === 0
      ? new Map<string, string>()
      : await retryDeadlocks(
          async () => await deps.results.transaction(async (transaction) => await insertResults(transaction, done)),
        );
  const final = held.filter(({ report }) => report.result.outcome !== 'partial');
  // An attempt that failed although an earlier one is recorded: the manager that wrote it died before it could end the job.
  const retried = final.filter(({ report, lease }) => report.result.outcome !== 'done' && lease.attempt > 1);
  const recorded = await readRecorded(
    deps.results,
    retried.map(({ report }) => report.jobId),
  );
  if (final.length > 0) await retryDeadlocks(async () => await settle(deps, final, new Set(recorded.keys())));
  return new Set(done.filter(({ jobId, leaseId }) => holders.get(jobId) !== leaseId).map(({ leaseId }) => leaseId));
}

async function settle(
  { jobs, queue }: RecorderDeps,
  held: readonly Held[],
  recorded: ReadonlySet<string>,
): Promise<void> {
  await jobs.transaction(async (transaction) => {
    const ended = await endLeases(
      transaction,
      held.map(({ report }) => ({ leaseId: report.leaseId, outcome: report.result.outcome })),
    );
    const mine = held.filter(({ report }) => ended.has(report.leaseId));
    const isDone = ({ report }: Held): boolean => report.result.outcome === 'done' || recorded.has(report.jobId);
    const undone = mine.filter((entry) => !isDone(entry));
    const cancelled = undone.filter(({ report }) => report.result.outcome === 'cancelled');
    await settleDone(transaction, queue, mine.filter(isDone).map(attemptOf));
    await settleCancelled(
      transaction,
      queue,
      cancelled.map(({ report }) => report.jobId),
    );
    for (const { reason, attempts } of byReason(undone)) await settleFailed(transaction, queue, attempts, reason);
  });
}

/** Failed and refused attempts by their reason: the queue takes one reason a call. */
function byReason(held: readonly Held[]): { readonly reason: ProbeError; readonly attempts: Attempt[] }[] {
  const groups = new Map<string, { readonly reason: ProbeError; readonly attempts: Attempt[] }>();
  for (const entry of held) {
    const { result } = entry.report;
    if (result.outcome !== 'failed' && result.outcome !== 'refused') continue;
    const key = `${result.error.code} ${result.error.message}`;
    const group = groups.get(key) ?? { reason: result.error, attempts: [] };
    group.attempts.push(attemptOf(entry));
    groups.set(key, group);
  }
  return [...groups.values()];
}

function attemptOf({ report, lease }: Held): Attempt {
  return { jobId: report.jobId, attempt: lease.attempt };
}

function partialFindings({ report: { leaseId, jobId, result } }: Held) {
  if (result.outcome !== 'partial') return [];
  const { sequence } = result;
  return result.findings.map((finding, ordinal) => ({ leaseId, jobId, sequence, ordinal, finding }));
}

function toResult({ report: { jobId, scannerId, result }, lease }: Held): NewResult[] {
  if (result.outcome !== 'done') return [];
  return [{ ...lease, jobId, scannerId, durationMs: result.durationMs ?? null, findings: result.findings }];
}

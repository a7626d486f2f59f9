import type { ProbeError } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';
import { jobQueue, type Attempt, type JobQueue } from './queue.ts';

/** Marks scan jobs as done; the queue is told in the same transaction. */
export async function settleDone(transaction: Queryable, queue: JobQueue, attempts: readonly Attempt[]): Promise<void> {
  if (attempts.length === 0) return;
  await queue.complete(transaction, attempts);
  await transaction.query(
    `update scan_jobs s set outcome = 'done', ended_at = now(), attempts = a.attempt
      from unnest($1::uuid[], $2::integer[]) a (id, attempt) where s.id = a.id and s.outcome is null`,
    [attempts.map(({ jobId }) => jobId), attempts.map(({ attempt }) => attempt)],
  );
}

/** Fails attempts: the queue tries again later, and after the last one the job ends with this reason. */
export async function settleFailed(
  transaction: Queryable,
  queue: JobQueue,
  attempts: readonly Attempt[],
  reason: ProbeError,
): Promise<void> {
  if (attempts.length === 0) return;
  await queue.fail(transaction, attempts, reason);
  await transaction.query(
    `update scan_jobs s set outcome = 'failed', ended_at = now(), attempts = j.retry_count + 1, error = $2
      from pgboss.job j
     where j.name = '${jobQueue}' and j.id = any($1::uuid[]) and j.state = 'failed' and s.id = j.id and s.outcome is null`,
    [attempts.map(({ jobId }) => jobId), JSON.stringify(reason)],
  );
}

/** Cancels jobs wherever they are. Their leases end, which is how scanners learn of it: at a heartbeat, or by 409. */
export async function settleCancelled(
  transaction: Queryable,
  queue: JobQueue,
  jobIds: readonly string[],
): Promise<number> {
  const rows = await transaction.query<{ id: string }>(
    `update scan_jobs set outcome = 'cancelled', ended_at = now() where id = any($1::uuid[]) and outcome is null returning id`,
    [jobIds],
  );
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await transaction.query(
    `update leases set ended_at = now(), outcome = 'cancelled' where job_id = any($1::uuid[]) and ended_at is null`,
    [ids],
  );
  await queue.cancel(transaction, ids);
  return ids.length;
}

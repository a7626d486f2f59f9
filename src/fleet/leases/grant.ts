import { randomUUID } from 'node:crypto';
import type { Job } from '../../contract/index.ts';
import type { BufferedJob } from './buffer.ts';
import type { Asker } from './line.ts';
import type { NewLease } from './store.ts';

/** A job and the lease under which a scanner shall get it. */
export interface Grant {
  readonly job: BufferedJob;
  readonly lease: NewLease;
}

/** Thinks up leases for jobs. A lease id is random and told to its scanner alone. */
export function planLeases(asker: Pick<Asker, 'scannerId' | 'protocolVersion'>, jobs: readonly BufferedJob[]): Grant[] {
  const { scannerId, protocolVersion } = asker;
  return jobs.map((job) => ({
    job,
    lease: { leaseId: randomUUID(), jobId: job.id, attempt: job.attempt, scannerId, protocolVersion },
  }));
}

/** The job as it goes to the scanner. */
export function toJob({ job, lease }: Grant, leaseSeconds: number): Job {
  const { scanId: _, ...body } = job.body;
  return { ...body, id: job.id, lease: { leaseId: lease.leaseId, leaseSeconds, attempt: lease.attempt } };
}

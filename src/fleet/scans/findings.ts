import type { Finding } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';

/** One finding with where and when it was made. */
export interface FindingRow {
  readonly jobId: string;
  readonly scanId: string;
  readonly scannerId: string;
  readonly address: string;
  readonly kind: string;
  readonly finding: Finding;
  readonly certificateExpiresAt: Date | null;
  readonly foundAt: Date;
}

/** Which findings are wanted; null for any. */
export interface FindingFilter {
  readonly scanId: string | null;
  /** `host:port`, the history of one target. */
  readonly address: string | null;
  readonly limit: number;
}

/**
 * Findings of finished jobs: of a scan with the certificates first that expire first, of a target newest first. Partial
 * findings of a lease that was lost are not among them.
 */
export async function readFindings(results: Queryable, filter: FindingFilter): Promise<FindingRow[]> {
  const order = filter.scanId === null ? 'r.recorded_at desc' : 'f.certificate_expires_at nulls last, t.address';
  return await results.query<FindingRow & Record<string, unknown>>(
    `select r.job_id as "jobId", r.scan_id as "scanId", r.scanner_id as "scannerId", t.address, f.kind, f.finding,
            f.certificate_expires_at as "certificateExpiresAt", f.found_at as "foundAt"
       from results r
       join targets t on t.id = r.target_id
       join findings f on f.lease_id = r.lease_id
      where ($1::uuid is null or r.scan_id = $1) and ($2::text is null or t.address = $2)
      order by ${order}, f.sequence, f.ordinal limit $3`,
    [filter.scanId, filter.address, filter.limit],
  );
}

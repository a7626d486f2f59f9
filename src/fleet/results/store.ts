import type { Finding, ResultRequest } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';

/** A lease that may still report. */
export interface ClaimedLease {
  readonly leaseId: string;
  readonly attempt: number;
  readonly protocolVersion: number;
  readonly scanId: string;
  readonly kind: string;
  readonly host: string;
  readonly port: number;
}

export interface Claim {
  readonly leaseId: string;
  readonly jobId: string;
  readonly scannerId: string;
}

/**
 * Keeps leases alive while their results are being written, and answers which are. One whose time is over but which
 * nobody has taken away yet is still its scanner's.
 */
export async function claimLeases(
  jobs: Queryable,
  claims: readonly Claim[],
  epoch: number,
): Promise<Map<string, ClaimedLease>> {
  const rows = await jobs.query<ClaimedLease & Record<string, unknown>>(
    `update leases l set expires_at = greatest(l.expires_at, now() + interval '60 seconds')
       from unnest($1::uuid[], $2::uuid[], $3::uuid[]) c (lease_id, job_id, scanner_id)
       join scan_jobs s on s.id = c.job_id
      where l.lease_id = c.lease_id and l.job_id = c.job_id and l.scanner_id = c.scanner_id
        and l.ended_at is null and l.epoch = $4
      returning l.lease_id as "leaseId", l.attempt, l.protocol_version as "protocolVersion", s.scan_id as "scanId", s.kind,
        s.host, s.port`,
    [
      claims.map(({ leaseId }) => leaseId),
      claims.map(({ jobId }) => jobId),
      claims.map(({ scannerId }) => scannerId),
      epoch,
    ],
  );
  return new Map(rows.map((row) => [row.leaseId, row]));
}

/** How leases ended that may no longer report, for telling a repeated result from a late one. */
export async function readEnds(jobs: Queryable, leaseIds: readonly string[]): Promise<Map<string, string | null>> {
  if (leaseIds.length === 0) return new Map();
  const rows = await jobs.query<{ id: string; outcome: string | null }>(
    'select lease_id as id, outcome from leases where lease_id = any($1::uuid[])',
    [leaseIds],
  );
  return new Map(rows.map(({ id, outcome }) => [id, outcome]));
}

/** Ends leases with an outcome; gives those it ended. */
export async function endLeases(
  transaction: Queryable,
  ends: readonly { readonly leaseId: string; readonly outcome: ResultRequest['outcome'] }[],
): Promise<Set<string>> {
  const rows = await transaction.query<{ id: string }>(
    `update leases l set ended_at = now(), outcome = e.outcome
       from unnest($1::uuid[], $2::text[]) e (lease_id, outcome)
      where l.lease_id = e.lease_id and l.ended_at is null
      returning l.lease_id as id`,
    [ends.map(({ leaseId }) => leaseId), ends.map(({ outcome }) => outcome)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** A finished job to be recorded. */
export interface NewResult extends ClaimedLease {
  readonly jobId: string;
  readonly scannerId: string;
  readonly durationMs: number | null;
  readonly findings: readonly Finding[];
}

export interface NewFinding {
  readonly leaseId: string;
  readonly jobId: string;
  readonly sequence: number;
  readonly ordinal: number;
  readonly finding: Finding;
}

/** Marks findings that came with the result itself. */
export const finalSequence = -1;

/**
 * Records results with their findings: each lease once, and of all leases a job ever had, one. Gives the lease under
 * which each job is recorded now, whoever it was. Run in a transaction.
 */
export async function insertResults(
  transaction: Queryable,
  results: readonly NewResult[],
): Promise<Map<string, string>> {
  const addresses = results.map(addressOf);
  // Sorted, so that two managers with the same targets do not wait for each other in a circle.
  await transaction.query('insert into targets (address) select unnest($1::text[]) on conflict do nothing', [
    [...new Set(addresses)].sort(),
  ]);
  const fresh = await transaction.query<{ id: string }>(
    `insert into results (lease_id, job_id, scan_id, scanner_id, kind, attempt, duration_ms, target_id)
     select r.lease_id, r.job_id, r.scan_id, r.scanner_id, r.kind, r.attempt, r.duration_ms, t.id
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::integer[], $7::float8[], $8::text[])
         r (lease_id, job_id, scan_id, scanner_id, kind, attempt, duration_ms, address)
       join targets t on t.address = r.address
      order by r.job_id
     on conflict do nothing returning lease_id as id`,
    [
      results.map(({ leaseId }) => leaseId),
      results.map(({ jobId }) => jobId),
      results.map(({ scanId }) => scanId),
      results.map(({ scannerId }) => scannerId),
      results.map(({ kind }) => kind),
      results.map(({ attempt }) => attempt),
      results.map(({ durationMs }) => durationMs),
      addresses,
    ],
  );
  const inserted = new Set(fresh.map(({ id }) => id));
  const recorded = results.filter(({ leaseId }) => inserted.has(leaseId));
  await insertFindings(
    transaction,
    recorded.flatMap(({ leaseId, jobId, findings }) =>
      findings.map((finding, ordinal) => ({ leaseId, jobId, sequence: finalSequence, ordinal, finding })),
    ),
  );
  const holders = new Map(recorded.map(({ jobId, leaseId }) => [jobId, leaseId]));
  const rest = results.filter(({ leaseId }) => !inserted.has(leaseId)).map(({ jobId }) => jobId);
  for (const [jobId, leaseId] of await readRecorded(transaction, rest)) holders.set(jobId, leaseId);
  return holders;
}

/** Adds findings; ones that are there already are left as they are. */
export async function insertFindings(database: Queryable, findings: readonly NewFinding[]): Promise<void> {
  if (findings.length === 0) return;
  await database.query(
    `insert into findings (lease_id, job_id, sequence, ordinal, kind, finding, certificate_expires_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::text[], $6::jsonb[], $7::timestamptz[])
     on conflict do nothing`,
    [
      findings.map(({ leaseId }) => leaseId),
      findings.map(({ jobId }) => jobId),
      findings.map(({ sequence }) => sequence),
      findings.map(({ ordinal }) => ordinal),
      findings.map(({ finding }) => finding.kind),
      findings.map(({ finding }) => JSON.stringify(finding)),
      findings.map(({ finding }) => expiryOf(finding)),
    ],
  );
}

/** Jobs that have a result, with the lease it came under. */
export async function readRecorded(results: Queryable, jobIds: readonly string[]): Promise<Map<string, string>> {
  if (jobIds.length === 0) return new Map();
  const rows = await results.query<{ job: string; lease: string }>(
    'select job_id as job, lease_id as lease from results where job_id = any($1::uuid[])',
    [jobIds],
  );
  return new Map(rows.map(({ job, lease }) => [job, lease]));
}

function addressOf({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** As a date, since Postgres does not read the year 0 in a text, which a certificate may name. */
function expiryOf(finding: Finding): Date | null {
  const notAfter = finding.kind === 'tls' ? finding.chain[0]?.notAfter : undefined;
  return notAfter === undefined || notAfter === null ? null : new Date(notAfter);
}

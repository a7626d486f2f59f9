import type { Queryable } from '../../postgres/index.ts';
import { jobQueue, type Attempt } from './queue.ts';

/** A lease about to be given. */
export interface NewLease extends Attempt {
  readonly leaseId: string;
  readonly scannerId: string;
  readonly protocolVersion: number;
}

export interface LeaseTerms {
  readonly leaseSeconds: number;
  /** Leases of an older epoch, from before a restore, are nobody's. */
  readonly epoch: number;
}

/**
 * Gives leases; answers which came about. One that did not: the job is no longer active in this attempt, or another
 * manager leased it. The unique index decides, so a manager that slept through its own time-outs does no harm.
 */
export async function insertLeases(
  database: Queryable,
  leases: readonly NewLease[],
  terms: LeaseTerms,
): Promise<Set<string>> {
  const rows = await database.query<{ lease_id: string }>(
    `insert into leases (lease_id, job_id, scanner_id, attempt, protocol_version, epoch, expires_at)
     select l.lease_id, l.job_id, l.scanner_id, l.attempt, l.protocol_version, $6, now() + make_interval(secs => $7)
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::integer[])
         l (lease_id, job_id, scanner_id, attempt, protocol_version)
       join pgboss.job j on j.name = '${jobQueue}' and j.id = l.job_id and j.state = 'active' and j.retry_count = l.attempt - 1
      order by l.job_id
     on conflict (job_id) where ended_at is null do nothing
     returning lease_id`,
    [
      leases.map((lease) => lease.leaseId),
      leases.map((lease) => lease.jobId),
      leases.map((lease) => lease.scannerId),
      leases.map((lease) => lease.attempt),
      leases.map((lease) => lease.protocolVersion),
      terms.epoch,
      terms.leaseSeconds,
    ],
  );
  return new Set(rows.map((row) => row.lease_id));
}

/** Starts the time of these leases anew; answers which are still alive and the scanner's. */
export async function renewLeases(
  database: Queryable,
  held: readonly { readonly scannerId: string; readonly jobId: string }[],
  terms: LeaseTerms,
): Promise<Set<string>> {
  const rows = await database.query<{ key: string }>(
    `update leases l set expires_at = greatest(l.expires_at, now() + make_interval(secs => $4))
      from unnest($1::uuid[], $2::uuid[]) h (scanner_id, job_id)
     where l.job_id = h.job_id and l.scanner_id = h.scanner_id and l.ended_at is null and l.epoch = $3
     returning l.scanner_id || ' ' || l.job_id as key`,
    [held.map((one) => one.scannerId), held.map((one) => one.jobId), terms.epoch, terms.leaseSeconds],
  );
  return new Set(rows.map((row) => row.key));
}

/** Scanners that refused one of these jobs in the last half minute, as pairs. Others come first; after that anybody may. */
export async function readRefusals(
  database: Queryable,
  jobIds: readonly string[],
): Promise<{ jobId: string; scannerId: string }[]> {
  return await database.query<{ jobId: string; scannerId: string }>(
    `select job_id as "jobId", scanner_id as "scannerId" from leases where job_id = any($1::uuid[]) and outcome = 'refused'
        and ended_at > now() - interval '30 seconds'`,
    [jobIds],
  );
}

/** Puts jobs that were fetched and never leased back as they were: the attempt is not counted. */
export async function returnJobs(database: Queryable, jobIds: readonly string[]): Promise<void> {
  await database.query(
    `update pgboss.job j set state = case when retry_count > 0 then 'retry' else 'created' end::pgboss.job_state, started_on = null
      where name = '${jobQueue}' and id = any($1::uuid[]) and state = 'active'
        and not exists (select from leases l where l.job_id = j.id and l.ended_at is null)`,
    [jobIds],
  );
}

/** Ends leases whose answer never reached the scanner, and puts their jobs back. */
export async function returnLeases(database: Queryable, leaseIds: readonly string[]): Promise<void> {
  const rows = await database.query<{ job_id: string }>(
    `update leases set ended_at = now(), outcome = 'returned' where lease_id = any($1::uuid[]) and ended_at is null
     returning job_id`,
    [leaseIds],
  );
  await returnJobs(
    database,
    rows.map((row) => row.job_id),
  );
}

/** Jobs that are active and leased to nobody for longer than any manager keeps one in memory: their manager died. */
export async function returnOrphans(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    `update pgboss.job j set state = case when retry_count > 0 then 'retry' else 'created' end::pgboss.job_state, started_on = null
      where name = '${jobQueue}' and state = 'active' and id in (
        select o.id from pgboss.job o
         where o.name = '${jobQueue}' and o.state = 'active' and o.started_on < now() - interval '60 seconds'
           and not exists (select from leases l where l.job_id = o.id and l.ended_at is null)
         limit $1 for update skip locked
      )
     returning j.id`,
    [limit],
  );
  return rows.length;
}

export interface ExpiredLease extends Attempt {
  readonly leaseId: string;
}

/** Leases whose time is over, or that are of an older epoch. */
export async function readExpired(database: Queryable, epoch: number, limit: number): Promise<ExpiredLease[]> {
  return await database.query<ExpiredLease & Record<string, unknown>>(
    `select lease_id as "leaseId", job_id as "jobId", attempt from leases
      where ended_at is null and (expires_at < now() or epoch < $1) order by expires_at limit $2`,
    [epoch, limit],
  );
}

/** Ends leases that are still expired; a renewal or a result that came in between has saved its lease. */
export async function expireLeases(
  database: Queryable,
  leaseIds: readonly string[],
  epoch: number,
): Promise<ExpiredLease[]> {
  return await database.query<ExpiredLease & Record<string, unknown>>(
    `update leases set ended_at = now(), outcome = 'expired'
      where lease_id in (
        select lease_id from leases
         where lease_id = any($1::uuid[]) and ended_at is null and (expires_at < now() or epoch < $2)
         for update skip locked
      )
     returning lease_id as "leaseId", job_id as "jobId", attempt`,
    [leaseIds, epoch],
  );
}

/** Forgets leases that ended long ago. */
export async function pruneLeases(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    `delete from leases where lease_id in (
       select lease_id from leases where ended_at < now() - interval '7 days' order by ended_at limit $1
     ) returning 1 as gone`,
    [limit],
  );
  return rows.length;
}

/** How many jobs each of these scanners holds. */
export async function countHeld(database: Queryable, scannerIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await database.query<{ id: string; held: number }>(
    `select scanner_id as id, count(*)::integer as held from leases
      where scanner_id = any($1::uuid[]) and ended_at is null group by scanner_id`,
    [scannerIds],
  );
  return new Map(rows.map(({ id, held }) => [id, held]));
}

/** Scanners that hold jobs now. As many as there are jobs in work at most. */
export async function readHolders(database: Queryable): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    'select distinct scanner_id as id from leases where ended_at is null',
  );
  return rows.map(({ id }) => id);
}

/** How much the queue holds, and how long its work has been waiting. */
export interface QueueDepth {
  /** Jobs a scanner could be given now; told up to a hundred thousand. */
  readonly ready: number;
  /** Jobs that wait for another attempt. */
  readonly waiting: number;
  readonly leased: number;
  /** Since when the longest of the ready ones could have been given; 0 if there is none. */
  readonly oldestReadySeconds: number;
}

/** Reads the depth of the queue; what it costs is bounded, however many jobs there are. */
export async function readQueueDepth(database: Queryable): Promise<QueueDepth[]> {
  return await database.query<QueueDepth & Record<string, unknown>>(
    `select count(*) filter (where ready_at <= now())::integer as ready,
            count(*) filter (where ready_at > now())::integer as waiting,
            (select count(*)::integer from leases where ended_at is null) as leased,
            greatest(coalesce(extract(epoch from now() - min(ready_at)), 0), 0)::float8 as "oldestReadySeconds"
       from (select greatest(created_on, start_after) as ready_at from pgboss.job
              where name = '${jobQueue}' and state < 'active' and not blocked limit 100000) queued`,
  );
}

import type { ProbeError, Target } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';
import { jobQueue } from '../leases/queue.ts';

export interface ScanRow {
  readonly id: string;
  readonly name: string;
  readonly requestedBy: string;
  readonly createdAt: Date;
  /** The schedule it came from; null for one that somebody asked for, or whose schedule is deleted. */
  readonly scheduleId: string | null;
  readonly scheduleName: string | null;
  /** The occurrence of the schedule; null for one that was run by hand. */
  readonly dueAt: Date | null;
}

const columns = `s.id, s.name, s.requested_by as "requestedBy", s.created_at as "createdAt", s.schedule_id as "scheduleId",
  c.name as "scheduleName", s.due_at as "dueAt"`;
const scans = 'scans s left join scan_schedules c on c.id = s.schedule_id';

/** Which scans are wanted; null for any. */
export interface ScanPage {
  readonly limit: number;
  /** Only scans older than this one. */
  readonly before: string | null;
  readonly scheduleId: string | null;
}

/** Up to `limit` scans, newest first. */
export async function readScans(jobs: Queryable, page: ScanPage): Promise<ScanRow[]> {
  return await jobs.query<ScanRow & Record<string, unknown>>(
    `select ${columns} from ${scans}
      where ($1::uuid is null or (s.created_at, s.id) < (select created_at, id from scans where id = $1))
        and ($3::uuid is null or s.schedule_id = $3)
      order by s.created_at desc, s.id desc limit $2`,
    [page.before, page.limit, page.scheduleId],
  );
}

/** One scan. */
export async function readScan(jobs: Queryable, id: string): Promise<ScanRow[]> {
  return await jobs.query<ScanRow & Record<string, unknown>>(`select ${columns} from ${scans} where s.id = $1`, [id]);
}

/** Who or what asks for a scan. */
export interface ScanOrigin {
  readonly requestedBy: string;
  readonly scheduleId: string | null;
  readonly dueAt: Date | null;
}

/** Adds a scan; gives its id. */
export async function insertScan(jobs: Queryable, name: string, origin: ScanOrigin): Promise<string> {
  const [made] = await jobs.query<{ id: string }>(
    'insert into scans (name, requested_by, schedule_id, due_at) values ($1, $2, $3, $4) returning id',
    [name, origin.requestedBy, origin.scheduleId, origin.dueAt],
  );
  if (made === undefined) throw new TypeError('insert … returning gave no row');
  return made.id;
}

export interface NewScanJob {
  readonly id: string;
  readonly kind: string;
  readonly target: Target;
}

/** Adds the jobs of a scan. */
export async function insertScanJobs(jobs: Queryable, scanId: string, rows: readonly NewScanJob[]): Promise<void> {
  await jobs.query(
    `insert into scan_jobs (id, scan_id, kind, host, port)
     select j.id, $2, j.kind, j.host, j.port
       from unnest($1::uuid[], $3::text[], $4::text[], $5::integer[]) j (id, kind, host, port)`,
    [
      rows.map(({ id }) => id),
      scanId,
      rows.map(({ kind }) => kind),
      rows.map(({ target }) => target.host),
      rows.map(({ target }) => target.port),
    ],
  );
}

export interface ScanCounts {
  readonly total: number;
  readonly queued: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** How far scans are. */
export async function countJobs(jobs: Queryable, scanIds: readonly string[]): Promise<Map<string, ScanCounts>> {
  const rows = await jobs.query<ScanCounts & { id: string } & Record<string, unknown>>(
    `select s.scan_id as id, count(*)::integer as total,
            count(*) filter (where s.outcome is null and l.lease_id is null)::integer as queued,
            count(*) filter (where s.outcome is null and l.lease_id is not null)::integer as running,
            count(*) filter (where s.outcome = 'done')::integer as done,
            count(*) filter (where s.outcome = 'failed')::integer as failed,
            count(*) filter (where s.outcome = 'cancelled')::integer as cancelled
       from scan_jobs s left join leases l on l.job_id = s.id and l.ended_at is null
      where s.scan_id = any($1::uuid[]) group by s.scan_id`,
    [scanIds],
  );
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

/** A job as it stands at this moment. */
export interface ScanJobRow {
  readonly id: string;
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly state: 'queued' | 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly attempts: number;
  readonly scannerId: string | null;
  readonly error: ProbeError | null;
  readonly endedAt: Date | null;
}

/** Jobs of a scan by id, beginning after one of them (null: from the first). `waiting`: it failed and is tried again later. */
export async function readScanJobs(
  jobs: Queryable,
  page: { readonly scanId: string; readonly after: string | null; readonly limit: number },
): Promise<ScanJobRow[]> {
  return await jobs.query<ScanJobRow & Record<string, unknown>>(
    `select s.id, s.kind, s.host, s.port, l.scanner_id as "scannerId", s.ended_at as "endedAt",
            coalesce(s.outcome, case when l.lease_id is not null then 'running' when j.state = 'retry' then 'waiting'
              else 'queued' end) as state,
            coalesce(s.attempts, l.attempt, case when j.state = 'retry' then j.retry_count + 1 end, 0) as attempts,
            coalesce(s.error, case when s.outcome is null then j.output end) as error
       from scan_jobs s
       left join leases l on l.job_id = s.id and l.ended_at is null
       left join pgboss.job j on j.name = '${jobQueue}' and j.id = s.id
      where s.scan_id = $1 and ($2::uuid is null or s.id > $2)
      order by s.id limit $3`,
    [page.scanId, page.after, page.limit],
  );
}

/** Jobs of a scan that have not ended. */
export async function readOpenJobs(jobs: Queryable, scanId: string): Promise<string[]> {
  const rows = await jobs.query<{ id: string }>(
    'select id from scan_jobs where scan_id = $1 and outcome is null order by id for update',
    [scanId],
  );
  return rows.map(({ id }) => id);
}

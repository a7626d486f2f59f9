import type { Queryable } from '../../src/postgres/index.ts';

/** Where each job ended, and every way in which that is not as it must be. */
export interface Account {
  readonly jobs: number;
  readonly done: number;
  /** Dead letters by their reason. */
  readonly failed: Readonly<Record<string, number>>;
  /** Jobs that took more than one attempt. */
  readonly retried: number;
  readonly faults: readonly string[];
}

interface JobRow extends Record<string, unknown> {
  readonly id: string;
  readonly scan: string;
  readonly outcome: string | null;
  readonly attempts: number | null;
  readonly reason: string | null;
  readonly state: string | null;
  readonly leased: boolean;
  /** Dead letters of this job. */
  readonly dead: number;
}

/** Jobs that have not ended. */
export async function countOpenJobs(jobs: Queryable): Promise<number> {
  const [row] = await jobs.query<{ n: number }>('select count(*)::int as n from scan_jobs where outcome is null');
  return row?.n ?? 0;
}

/** Holds every job against the rule: it ends once, with a result or as a dead letter with its reason. */
export async function takeAccount(
  databases: { readonly jobs: Queryable; readonly results: Queryable },
  acknowledged: ReadonlyMap<string, number>,
): Promise<Account> {
  const rows = await databases.jobs.query<JobRow>(
    `select s.id, s.scan_id as scan, s.outcome, s.attempts, s.error ->> 'code' as reason, j.state::text as state,
       exists (select from leases l where l.job_id = s.id and l.ended_at is null) as leased,
       (select count(*)::int from pgboss.job d where d.name = 'scan-jobs-dead' and d.source_id = s.id) as dead
     from scan_jobs s left join pgboss.job j on j.name = 'scan-jobs' and j.id = s.id`,
  );
  const results = await databases.results.query<{ id: string; results: number; findings: number }>(
    `select r.job_id as id, count(distinct r.lease_id)::int as results, count(f.lease_id)::int as findings
       from results r left join findings f on f.lease_id = r.lease_id group by 1`,
  );
  const recorded = new Map(results.map((result) => [result.id, result]));
  const known = new Set(rows.map(({ id }) => id));
  const failed = rows.filter(({ outcome }) => outcome === 'failed');
  return {
    jobs: rows.length,
    done: rows.filter(({ outcome }) => outcome === 'done').length,
    failed: countBy(failed.map(({ reason }) => reason ?? 'none')),
    retried: rows.filter(({ attempts }) => (attempts ?? 0) > 1).length,
    faults: [
      ...missing(rows, acknowledged),
      ...rows.flatMap((row) => faultsOf(row, recorded.get(row.id))),
      ...results.filter(({ id }) => !known.has(id)).map(({ id }) => `a result of the unknown job ${id}`),
    ],
  };
}

function missing(rows: readonly JobRow[], acknowledged: ReadonlyMap<string, number>): string[] {
  const found = countBy(rows.map(({ scan }) => scan));
  return [...acknowledged]
    .filter(([scan, jobs]) => found[scan] !== jobs)
    .map(([scan, jobs]) => `scan ${scan} was acknowledged with ${jobs} jobs and has ${found[scan] ?? 0}`);
}

function faultsOf(row: JobRow, recorded: { results: number; findings: number } | undefined): string[] {
  const { id, outcome, reason, state, leased, dead } = row;
  const results = recorded?.results ?? 0;
  const found = `outcome ${outcome}, reason ${reason}, ${results} results, ${recorded?.findings ?? 0} findings, ${dead} dead letters, ${state} in the queue${leased ? ', leased' : ''}`;
  const isDone = outcome === 'done' && results === 1 && recorded?.findings === 1 && dead === 0 && state === 'completed';
  const isDead = outcome === 'failed' && reason !== null && results === 0 && dead === 1 && state === 'failed';
  return (isDone || isDead) && !leased ? [] : [`job ${id}: ${found}`];
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

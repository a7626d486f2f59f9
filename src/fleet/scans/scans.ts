import { randomUUID } from 'node:crypto';
import type { JobKind, NewScan, Target } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import { fleetError } from '../errors.ts';
import type { JobBody, JobQueue } from '../leases/queue.ts';
import { settleCancelled } from '../leases/settle.ts';
import { readFindings, type FindingFilter, type FindingRow } from './findings.ts';
import {
  countJobs,
  insertScan,
  insertScanJobs,
  readOpenJobs,
  readScan,
  readScanJobs,
  readScans,
  type ScanCounts,
  type ScanJobRow,
  type ScanRow,
} from './store.ts';

/** A scan with how far it is. */
export type CountedScan = ScanRow & { readonly counts: ScanCounts };

/** What people ask for, and what was found. */
export interface Scans {
  create(scan: NewScan, requestedBy: string): Promise<CountedScan>;
  list(page: { readonly limit: number; readonly before: string | null }): Promise<CountedScan[]>;
  /** Throws scan_unknown. */
  read(id: string): Promise<CountedScan>;
  jobs(page: { readonly scanId: string; readonly after: string | null; readonly limit: number }): Promise<ScanJobRow[]>;
  /** Cancels what has not ended; gives how many jobs that were. */
  cancel(id: string): Promise<number>;
  findings(filter: FindingFilter): Promise<FindingRow[]>;
}

export interface ScansDeps {
  readonly jobs: Database;
  readonly results: Database;
  readonly queue: JobQueue;
  readonly requireQueue: () => void;
  readonly wake: () => void;
}

const noCounts: ScanCounts = { total: 0, queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 };

/** Opens the scans. Calls throw the `database_*` error of a database that is away, and fleet_unavailable without a queue. */
export function createScans({ jobs, results, queue, requireQueue, wake }: ScansDeps): Scans {
  async function withCounts(rows: readonly ScanRow[]): Promise<CountedScan[]> {
    const counts = await countJobs(
      jobs,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => Object.assign(row, { counts: counts.get(row.id) ?? noCounts }));
  }

  async function find(id: string): Promise<CountedScan> {
    const [scan] = await withCounts(await readScan(jobs, id));
    if (scan !== undefined) return scan;
    throw fleetError('scan_unknown', {
      message: `there is no scan ${id}`,
      hint: 'List the scans with GET /api/scans.',
    });
  }

  async function add(scan: NewScan, requestedBy: string): Promise<ScanRow> {
    return await jobs.transaction(async (transaction) => {
      const [made] = await insertScan(transaction, { name: scan.name, requestedBy });
      if (made === undefined) throw new TypeError('insert … returning gave no row');
      const planned = planJobs(made.id, scan);
      const rows = planned.map(({ id, body }) => ({ id, kind: body.kind, target: body.target }));
      await insertScanJobs(transaction, made.id, rows);
      await queue.add(transaction, planned);
      return made;
    });
  }

  return {
    create: async (scan, requestedBy) => {
      requireQueue();
      const { id } = await add(scan, requestedBy);
      wake();
      return await find(id);
    },
    list: async (page) => await withCounts(await readScans(jobs, page)),
    read: find,
    jobs: async (page) => await readScanJobs(jobs, page),
    cancel: async (id) => {
      requireQueue();
      await find(id);
      return await retryDeadlocks(
        async () =>
          await jobs.transaction(async (transaction) => {
            const open = await readOpenJobs(transaction, id);
            return open.length === 0 ? 0 : await settleCancelled(transaction, queue, open);
          }),
      );
    },
    findings: async (filter) => await readFindings(results, filter),
  };
}

/** One job for each target and kind. */
function planJobs(scanId: string, scan: NewScan) {
  return scan.targets.flatMap((target) =>
    scan.kinds.map((kind) => ({
      id: randomUUID(),
      priority: scan.priority,
      body: planBody(scanId, { kind, target, timeoutMs: scan.timeoutMs }),
    })),
  );
}

function planBody(
  scanId: string,
  { kind, target, timeoutMs }: { kind: JobKind; target: Target; timeoutMs: number },
): JobBody {
  if (kind !== 'http') return { scanId, kind, target, options: { timeoutMs } };
  const scheme = target.port === 80 || target.port === 8080 ? 'http' : 'https';
  return { scanId, kind, target, options: { timeoutMs, scheme, path: '/', method: 'GET', maxRedirects: 5 } };
}

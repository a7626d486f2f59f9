import type { NewScan } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { retryDeadlocks } from '../deadlocks.ts';
import { fleetError } from '../errors.ts';
import type { JobQueue } from '../leases/queue.ts';
import { settleCancelled } from '../leases/settle.ts';
import { readScannerNames } from '../scanners/store.ts';
import { addScan } from './add.ts';
import { readFindings, type FindingFilter, type FindingRow } from './findings.ts';
import {
  countJobs,
  readOpenJobs,
  readScan,
  readScanJobs,
  readScans,
  type ScanCounts,
  type ScanJobRow,
  type ScanPage,
  type ScanRow,
} from './store.ts';

/** A scan with how far it is. */
export type CountedScan = ScanRow & { readonly counts: ScanCounts };

/** A row with what its scanner is called; null for none, or when the config database cannot be read. */
export type Named<Row> = Row & { readonly scannerName: string | null };

/** What people ask for, and what was found. */
export interface Scans {
  create(scan: NewScan, requestedBy: string): Promise<CountedScan>;
  list(page: ScanPage): Promise<CountedScan[]>;
  /** Throws scan_unknown. */
  read(id: string): Promise<CountedScan>;
  jobs(page: {
    readonly scanId: string;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<Named<ScanJobRow>[]>;
  /** Cancels what has not ended; gives how many jobs that were. */
  cancel(id: string): Promise<number>;
  findings(filter: FindingFilter): Promise<Named<FindingRow>[]>;
}

export interface ScansDeps {
  readonly config: Database;
  readonly jobs: Database;
  readonly results: Database;
  readonly queue: JobQueue;
  readonly requireQueue: () => void;
  readonly wake: () => void;
}

const noCounts: ScanCounts = { total: 0, queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 };

/** Opens the scans. Calls throw the `database_*` error of a database that is away, and fleet_unavailable without a queue. */
export function createScans({ config, jobs, results, queue, requireQueue, wake }: ScansDeps): Scans {
  async function withCounts(rows: readonly ScanRow[]): Promise<CountedScan[]> {
    const counts = await countJobs(
      jobs,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => Object.assign(row, { counts: counts.get(row.id) ?? noCounts }));
  }

  async function withNames<Row extends { readonly scannerId: string | null }>(rows: Row[]): Promise<Named<Row>[]> {
    const ids = new Set(rows.flatMap(({ scannerId }) => scannerId ?? []));
    const names = await readScannerNames(config, [...ids]).catch(() => new Map<string, string>());
    return rows.map((row) => Object.assign(row, { scannerName: names.get(row.scannerId ?? '') ?? null }));
  }

  async function find(id: string): Promise<CountedScan> {
    const [scan] = await withCounts(await readScan(jobs, id));
    if (scan !== undefined) return scan;
    throw fleetError('scan_unknown', {
      message: `there is no scan ${id}`,
      hint: 'List the scans with GET /api/scans.',
    });
  }

  return {
    create: async (scan, requestedBy) => {
      requireQueue();
      const origin = { requestedBy, scheduleId: null, dueAt: null };
      const id = await jobs.transaction(async (transaction) => await addScan({ transaction, queue }, scan, origin));
      wake();
      return await find(id);
    },
    list: async (page) => await withCounts(await readScans(jobs, page)),
    read: find,
    jobs: async (page) => await withNames(await readScanJobs(jobs, page)),
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
    findings: async (filter) => await withNames(await readFindings(results, filter)),
  };
}

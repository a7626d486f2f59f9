import type { Database } from '../../postgres/index.ts';
import { fleetError } from '../errors.ts';
import { countHeld, readHolders } from '../leases/store.ts';
import type { Credentials } from './credentials.ts';
import { readPlace, writePlace } from './order.ts';
import {
  readScanner,
  readScanners,
  renameScanner,
  requestRotation,
  revokeScanner,
  type ScannerFilter,
  type ScannerRow,
} from './store.ts';

/** A scanner with what it holds; null when the jobs database cannot be read. */
export type ListedScanner = ScannerRow & { readonly jobsHeld: number | null };

/** What a caller asks for; `holdsJobs` takes the jobs database, which the filter of the config database knows nothing of. */
export type ScannerQuestion = Omit<ScannerFilter, 'among' | 'after'> & {
  readonly holdsJobs: boolean | null;
  /** Where the page before ended, as `nextAfter` gave it; null for the first. */
  readonly after: string | null;
};

export interface ScannerPage {
  readonly scanners: readonly ListedScanner[];
  /** Asks for the page behind this one; null at the end. */
  readonly nextAfter: string | null;
}

interface Databases {
  readonly config: Database;
  readonly jobs: Database;
}

/** One page of the scanners that pass the filter. Throws when only the jobs database could tell who does, and is away. */
export async function listScanners({ config, jobs }: Databases, question: ScannerQuestion): Promise<ScannerPage> {
  const { holdsJobs, after, limit, ...filter } = question;
  const among = holdsJobs === null ? null : { ids: await readHolders(jobs), wanted: holdsJobs };
  const place = after === null ? null : readPlace(after);
  const rows = await readScanners(config, { ...filter, among, after: place, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    scanners: await withJobsHeld(jobs, page),
    nextAfter: rows.length > limit && last !== undefined ? writePlace({ id: last.id, key: last.sortKey }) : null,
  };
}

/** One scanner. Throws scanner_unknown. */
export async function findScanner({ config, jobs }: Databases, id: string): Promise<ListedScanner> {
  const [scanner] = await withJobsHeld(jobs, await readScanner(config, id));
  return scanner ?? unknownScanner(id, `there is no scanner ${id}`);
}

async function withJobsHeld(jobs: Database, rows: readonly ScannerRow[]): Promise<ListedScanner[]> {
  const held = await countHeld(
    jobs,
    rows.map(({ id }) => id),
  ).catch(() => undefined);
  return rows.map((row) => Object.assign(row, { jobsHeld: held === undefined ? null : (held.get(row.id) ?? 0) }));
}

export interface ScannerChange {
  readonly config: Database;
  readonly credentials: Pick<Credentials, 'forget'>;
  readonly id: string;
}

/** Renames a scanner. Throws scanner_unknown. */
export async function rename({ config, credentials, id }: ScannerChange, name: string): Promise<ScannerRow> {
  const [row] = await renameScanner(config, id, name);
  credentials.forget(id);
  return row ?? unknownScanner(id);
}

/** Ends a scanner's credential: at once here, within seconds at other managers. Throws scanner_unknown. */
export async function revoke({ config, credentials, id }: ScannerChange, by: string): Promise<ScannerRow> {
  const [row] = await revokeScanner(config, id, by);
  credentials.forget(id);
  return row ?? unknownScanner(id);
}

/** Has a scanner given a new credential at its next heartbeat. Throws scanner_unknown, also for a revoked one. */
export async function rotate({ config, credentials, id }: ScannerChange): Promise<ScannerRow> {
  const [row] = await requestRotation(config, id);
  credentials.forget(id);
  return row ?? unknownScanner(id);
}

function unknownScanner(id: string, message = `there is no scanner ${id}, or it is revoked`): never {
  throw fleetError('scanner_unknown', {
    message,
    hint: 'List the scanners with GET /api/admin/scanners.',
  });
}

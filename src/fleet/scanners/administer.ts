import type { Database } from '../../postgres/index.ts';
import { fleetError } from '../errors.ts';
import { countHeld } from '../leases/store.ts';
import type { Credentials } from './credentials.ts';
import {
  readScanners,
  renameScanner,
  requestRotation,
  revokeScanner,
  type ScannerFilter,
  type ScannerRow,
} from './store.ts';

/** A scanner with what it holds; null when the jobs database cannot be read. */
export type ListedScanner = ScannerRow & { readonly jobsHeld: number | null };

/** Scanners that pass the filter, by id. */
export async function listScanners(
  { config, jobs }: { readonly config: Database; readonly jobs: Database },
  filter: ScannerFilter,
): Promise<ListedScanner[]> {
  const rows = await readScanners(config, filter);
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

function unknownScanner(id: string): never {
  throw fleetError('scanner_unknown', {
    message: `there is no scanner ${id}, or it is revoked`,
    hint: 'List the scanners with GET /api/admin/scanners.',
  });
}

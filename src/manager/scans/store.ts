import type { Queryable } from '../../postgres/index.ts';

export interface ScanRow {
  readonly id: string;
  readonly name: string;
  readonly requestedBy: string;
  readonly createdAt: Date;
}

const columns = 'id, name, requested_by as "requestedBy", created_at as "createdAt"';

/** Up to `limit` scans older than one of them (null: any), newest first. */
export async function readScans(
  database: Queryable,
  page: { readonly limit: number; readonly before: string | null },
): Promise<ScanRow[]> {
  return await database.query<ScanRow>(
    `select ${columns} from scans
      where $1::uuid is null or (created_at, id) < (select created_at, id from scans where id = $1)
      order by created_at desc, id desc limit $2`,
    [page.before, page.limit],
  );
}

/** Adds a scan and gives it back. */
export async function insertScan(
  database: Queryable,
  scan: { readonly name: string; readonly requestedBy: string },
): Promise<ScanRow[]> {
  return await database.query<ScanRow>(`insert into scans (name, requested_by) values ($1, $2) returning ${columns}`, [
    scan.name,
    scan.requestedBy,
  ]);
}

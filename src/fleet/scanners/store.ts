import type { ScannerSort } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';
import { orders, type Place } from './order.ts';

export interface CredentialRow {
  readonly hash: string;
  readonly id: string;
  readonly name: string;
  readonly revoked: boolean;
  /** An administrator asked for a new credential and the scanner has not used one yet. */
  readonly rotating: boolean;
  /** It came with the credential it was given by the rotation. */
  readonly isNext: boolean;
}

/** Finds the scanners of credentials, by hash: two index look-ups each. */
export async function readCredentials(database: Queryable, hashes: readonly Buffer[]): Promise<CredentialRow[]> {
  return await database.query<CredentialRow & Record<string, unknown>>(
    `select encode(h.hash, 'hex') as hash, s.id, s.name, s.revoked_at is not null as revoked,
            s.rotation_requested_at is not null as rotating, s.is_next as "isNext"
       from unnest($1::bytea[]) h (hash)
       cross join lateral (
         select *, false as is_next from scanners where credential_hash = h.hash
         union all
         select *, true from scanners where next_credential_hash = h.hash
       ) s`,
    [hashes],
  );
}

/** Keeps the credential a rotation has just given out; one given out before and never used is forgotten. */
export async function offerNextCredential(database: Queryable, id: string, hash: Buffer): Promise<void> {
  await database.query('update scanners set next_credential_hash = $2 where id = $1 and revoked_at is null', [
    id,
    hash,
  ]);
}

/** Ends a rotation: the new credential was used, so it arrived, and the old one is worth nothing from now on. */
export async function promoteNextCredential(database: Queryable, id: string): Promise<void> {
  await database.query(
    `update scanners set credential_hash = next_credential_hash, next_credential_hash = null, rotation_requested_at = null
      where id = $1 and next_credential_hash is not null`,
    [id],
  );
}

/** One scanner as Admin > Scanners shows it. */
export interface ScannerRow {
  readonly id: string;
  readonly name: string;
  readonly state: 'online' | 'late' | 'offline' | 'revoked';
  readonly binaryVersion: string;
  readonly protocolVersion: number;
  readonly enrolledAt: Date;
  readonly lastSeenAt: Date | null;
  readonly refusedSince: Date | null;
  readonly refusedCount: number;
  readonly cloneSuspectedAt: Date | null;
  readonly rotationRequestedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

const columns = `id, name, state, binary_version as "binaryVersion", protocol_version as "protocolVersion",
  enrolled_at as "enrolledAt", last_seen_at as "lastSeenAt", refused_since as "refusedSince",
  refused_count::float8 as "refusedCount", clone_suspected_at as "cloneSuspectedAt",
  rotation_requested_at as "rotationRequestedAt", revoked_at as "revokedAt", revoked_by as "revokedBy"`;

/** Which scanners are wanted, null for any; and in which order, null for that of their ids. */
export interface ScannerFilter {
  readonly state: ScannerRow['state'] | null;
  readonly binaryVersion: string | null;
  readonly protocolVersion: number | null;
  readonly inWindow: boolean | null;
  readonly window: { readonly min: number; readonly max: number };
  readonly refused: boolean | null;
  readonly cloneSuspected: boolean | null;
  /** Those that have not called for so long, or never. */
  readonly silentHours: number | null;
  /** Part of the name, in any case. */
  readonly search: string | null;
  /** Those of a set of ids, or all others. */
  readonly among: { readonly ids: readonly string[]; readonly wanted: boolean } | null;
  readonly sort: ScannerSort | null;
  readonly descending: boolean;
  readonly after: Place | null;
  readonly limit: number;
}

/** A scanner with what it was ordered by; null in the order of the ids. */
export type OrderedScanner = ScannerRow & { readonly sortKey: string | null };

/** Scanners in the order asked for, `limit` at most, beginning behind `after`. */
export async function readScanners(database: Queryable, filter: ScannerFilter): Promise<OrderedScanner[]> {
  const { sort, descending, after, among } = filter;
  const order = sort === null ? null : orders[sort];
  const keys = [...(order?.keys(order.value) ?? []), 'id'];
  const ended = [...(order?.keys(`$14::text::${order.type}`) ?? []), '$11::uuid'];
  return await database.query<OrderedScanner & Record<string, unknown>>(
    `select ${columns}, ${order === null ? 'null' : `(${order.value})::text`} as "sortKey" from scanners
      where ($1::text is null or state = $1)
        and ($2::text is null or binary_version = $2)
        and ($3::integer is null or protocol_version = $3)
        and ($4::boolean is null or (protocol_version between $5 and $6) = $4)
        and ($7::boolean is null or (refused_since is not null) = $7)
        and ($8::boolean is null or (clone_suspected_at is not null) = $8)
        and ($9::text is null or position(lower($9) in lower(name)) > 0)
        and ($10::boolean is null or (id = any($12::uuid[])) = $10)
        and ($13::float8 is null or last_seen_at is null or last_seen_at < now() - make_interval(secs => $13 * 3600))
        and ($11::uuid is null or (${keys.join()}) ${descending ? '<' : '>'} (${ended.join()}))
      order by ${keys.map((key) => `${key} ${descending ? 'desc' : 'asc'}`).join()}
      limit ${filter.limit}`,
    [
      filter.state,
      filter.binaryVersion,
      filter.protocolVersion,
      filter.inWindow,
      filter.window.min,
      filter.window.max,
      filter.refused,
      filter.cloneSuspected,
      filter.search,
      among?.wanted ?? null,
      after?.id ?? null,
      among?.ids ?? [],
      filter.silentHours,
      ...(order === null ? [] : [after?.key ?? null]),
    ],
  );
}

/** One scanner. */
export async function readScanner(database: Queryable, id: string): Promise<ScannerRow[]> {
  return await database.query<ScannerRow & Record<string, unknown>>(`select ${columns} from scanners where id = $1`, [
    id,
  ]);
}

/** What scanners are called, by id. */
export async function readScannerNames(database: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await database.query<{ id: string; name: string }>(
    'select id, name from scanners where id = any($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Gives a scanner another name. */
export async function renameScanner(database: Queryable, id: string, name: string): Promise<ScannerRow[]> {
  return await database.query<ScannerRow & Record<string, unknown>>(
    `update scanners set name = $2 where id = $1 returning ${columns}`,
    [id, name],
  );
}

/** Ends a scanner's credentials for good. */
export async function revokeScanner(database: Queryable, id: string, by: string): Promise<ScannerRow[]> {
  return await database.query<ScannerRow & Record<string, unknown>>(
    `update scanners set state = 'revoked', revoked_at = coalesce(revoked_at, now()), revoked_by = coalesce(revoked_by, $2),
            next_credential_hash = null, rotation_requested_at = null, lapses_at = null
      where id = $1 returning ${columns}`,
    [id, by],
  );
}

/** Asks for a rotation: the scanner is given a new credential at its next heartbeat. Also settles a suspicion of a clone. */
export async function requestRotation(database: Queryable, id: string): Promise<ScannerRow[]> {
  return await database.query<ScannerRow & Record<string, unknown>>(
    `update scanners set rotation_requested_at = now(), clone_suspected_at = null
      where id = $1 and revoked_at is null returning ${columns}`,
    [id],
  );
}
